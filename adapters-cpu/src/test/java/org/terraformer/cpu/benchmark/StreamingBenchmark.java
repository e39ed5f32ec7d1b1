package org.terraformer.cpu.benchmark;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.ports.kernel.BandwidthProbe;

/** The limit of kernels that read: a plain streaming read of 2^30 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StreamingBenchmark {
  private BandwidthProbe probe;

  /** Fills the memory that is read. */
  @Setup
  public void prepare() {
    probe = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), Runtime.getRuntime().availableProcessors()).bandwidthProbe();
  }

  /** One read; the rate counts its bytes. */
  @Benchmark
  public double read(KernelBenchmark.Rates rates) {
    rates.gigabytes += (1 << 30) / 1e9;
    return probe.bytesPerSecond();
  }

  /** Gives the memory back. */
  @TearDown
  public void close() {
    probe.close();
  }
}
