package org.terraformer.app.cli;

import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.terraformer.ports.failure.InvalidInputException;

/** What bench measures, and the options that have a meaning there. */
enum BenchTask {
  STARTS("--startup", "--runs"),
  ATTENTION("--attention", "--contexts --heads --hashes --chunk --tokens --plot", Shared.COMPUTE),
  THROUGHPUT("--batch", Shared.MODELS, Shared.TURNS, Shared.COMPUTE),
  /** Of one sequence; what is measured if no option names another task. */
  DECODING("", "--sweep --disk --prefill --profile --plot", Shared.MODELS, Shared.TURNS, Shared.COMPUTE);

  private final String name;
  private final Set<String> options;

  /** Options of several tasks. */
  private interface Shared {
    String MODELS = "--shape --variants --dtype --blocks --source";
    String TURNS = "--context --capacity --prompt --warm-up --settle --tokens --turn";
    String COMPUTE = "--backend --fallback --device --threads --cache";
  }

  BenchTask(String name, String... options) {
    this.name = name;
    this.options = Stream.concat(Stream.of(name, "--json"), Arrays.stream(options).flatMap(names -> Stream.of(names.split(" "))))
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * The task that the options of a command line name.
   *
   * @throws InvalidInputException naming an option that would be ignored
   */
  static BenchTask of(Collection<String> given) {
    BenchTask task = Arrays.stream(values()).filter(each -> given.contains(each.name)).findFirst().orElse(DECODING);
    given.stream().filter(option -> !task.options.contains(option)).findFirst().ifPresent(option -> {
      throw task.refused(option);
    });
    return task;
  }

  private InvalidInputException refused(String option) {
    if (this != DECODING) {
      return InvalidInputException.of("%s can't be combined with %s.", name, option);
    }
    String others = Arrays.stream(values()).filter(task -> task.options.contains(option)).map(task -> task.name)
        .collect(Collectors.joining(" and "));
    return InvalidInputException.of("%s is for %s only.", option, others);
  }
}
