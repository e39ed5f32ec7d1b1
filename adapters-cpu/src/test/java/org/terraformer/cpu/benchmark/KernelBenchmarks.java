package org.terraformer.cpu.benchmark;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs the benchmarks, when it is asked for by name:
 * {@code ./mvnw -pl adapters-cpu -am test -Dtest=KernelBenchmarks -Dsurefire.failIfNoSpecifiedTests=false}. The system properties
 * {@code kernels}, {@code types} and {@code backends} choose some of them, as in {@code -Dkernels=linear,attention}.
 */
class KernelBenchmarks {

  @Test
  void run() throws RunnerException {
    ChainedOptionsBuilder options = new OptionsBuilder().include(KernelBenchmark.class.getName()).include(StreamingBenchmark.class.getName())
        .include(PeakBenchmark.class.getName()).shouldFailOnError(true);
    choose(options, "kernel", "kernels");
    choose(options, "dtype", "types");
    String backends = System.getProperty("backends", "");
    if (!backends.isBlank()) {
      options.param("backend", backends.split(","));
    }
    new Runner(options.build()).run();
  }

  private static void choose(ChainedOptionsBuilder options, String parameter, String property) {
    String values = System.getProperty(property, "");
    if (!values.isBlank()) {
      options.param(parameter, Arrays.stream(values.split(",")).map(value -> value.strip().toUpperCase(Locale.ROOT)).toArray(String[]::new));
    }
  }
}
