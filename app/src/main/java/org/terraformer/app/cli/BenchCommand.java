package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.terraformer.app.bench.AttentionBench;
import org.terraformer.app.bench.AttentionBenchOptions;
import org.terraformer.app.bench.AttentionPlot;
import org.terraformer.app.bench.AttentionReport;
import org.terraformer.app.bench.BatchBench;
import org.terraformer.app.bench.BatchReport;
import org.terraformer.app.bench.BenchOptions;
import org.terraformer.app.bench.BenchPlot;
import org.terraformer.app.bench.BenchReport;
import org.terraformer.app.bench.Contender;
import org.terraformer.app.bench.DecodeBench;
import org.terraformer.app.bench.StartupBench;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BenchFindings;
import org.terraformer.app.library.Settings;
import org.terraformer.app.plot.ChartFile;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Measures decoding. */
@Command(name = "bench", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Times decoding of dense and sparse models side by side, against the bandwidth of memory.",
    footer = {"", "Examples:", "  terraformer bench --shape tiny", "  terraformer bench --shape 800m --plot speed.svg",
        "  terraformer bench --shape 800m --variants ff+qkv+logits --profile",
        "  terraformer bench --shape 800m --blocks 4 --context 32000 --profile",
        "  terraformer bench --shape 17b --blocks 1 --json", "  terraformer bench --shape terraformer-800m --source 512",
        "  terraformer bench --shape 17b --dtype q8 --variants dense,ff+qkv+logits \\", "      --disk models",
        "  terraformer bench --shape 800m --blocks 4 --sweep d --plot sweep.svg",
        "  terraformer bench --shape 800m --batch 1,2,4,8,16",
        "  terraformer bench --attention lsh --contexts 1k..128k --plot lsh.svg", "  terraformer bench --startup"})
final class BenchCommand implements Runnable {
  /** Set by the launcher to its own path. */
  private static final String LAUNCHER = "terraformer.launcher";

  @ParentCommand
  private TerraformerCommand root;

  @Spec
  private CommandSpec spec;

  @Mixin
  private ContenderOptions contenders;

  @Mixin
  private ProtocolOptions protocol;

  @Option(names = "--batch", paramLabel = "NUMBERS",
      description = "Instead, measure the throughput of decoding so many sequences together, as 1,2,4,8.")
  private String batch;

  @Option(names = "--startup", description = "Instead, time from the start of generate on the embedded model to its first token.")
  private boolean startup;

  @Option(names = "--runs", paramLabel = "N", defaultValue = "10", description = "With --startup: how often (${DEFAULT-VALUE}).")
  private int runs;

  @Option(names = "--plot", paramLabel = "FILE", description = "Draw the result: an .svg or .png file.")
  private Path plot;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin
  private AttentionOptions attention;

  @Mixin
  private BackendOptions run;

  @Override
  public void run() {
    BenchTask task = BenchTask.of(spec.commandLine().getParseResult().matchedOptionsSet().stream()
        .filter(option -> !option.inherited()).map(OptionSpec::longestName).toList());
    if (plot != null) {
      ChartFile.check("--plot", plot);
    }
    ProgressListener progress = root.progress(json);
    switch (task) {
      case STARTS -> startup(progress);
      case ATTENTION -> attention(progress);
      case THROUGHPUT -> throughput(progress);
      case DECODING -> decoding(progress);
    }
  }

  private void startup(ProgressListener progress) {
    String launcher = System.getProperty(LAUNCHER);
    if (launcher == null) {
      throw new InvalidInputException("--startup times the program's launcher, terraformer, and must be run by it.");
    }
    StartupBench.Result result = new StartupBench(List.of(launcher, "generate", "It was a dark night, and"), runs).run(progress);
    print(Map.of("startup", result.toMap()), result.text());
  }

  private void attention(ProgressListener progress) {
    Settings settings = run.apply(root.settings());
    AttentionBenchOptions options = attention.options(protocol.tokens(), settings.cache());
    AttentionReport report = new AttentionBench(root.backend(settings.library(), settings), options).run(progress);
    print(report.toMap(), report.table());
    if (plot != null) {
      new AttentionPlot(report).write(plot);
    }
  }

  private void throughput(ProgressListener progress) {
    contenders.check();
    List<Integer> batches = new CommaSeparated("--batch", batch, "whole numbers from 1,").numbers();
    Settings settings = run.apply(root.settings());
    CompositionRoot library = settings.library();
    BenchOptions options = protocol.options(contenders.dtype(), settings.cache());
    Backend backend = root.backend(library, settings);
    List<Contender> models = contenders.rounds(options, library.layerTypes(), progress).getFirst();
    BatchReport report = new BatchBench(backend, library.layerTypes(), options).run(models, batches, progress);
    print(report.toMap(), report.table());
  }

  private void decoding(ProgressListener progress) {
    contenders.check();
    Settings settings = run.apply(root.settings());
    CompositionRoot library = settings.library();
    BenchOptions options = protocol.options(contenders.dtype(), settings.cache());
    Backend backend = root.backend(library, settings);
    List<List<Contender>> rounds = contenders.rounds(options, library.layerTypes(), progress);
    BenchFindings findings = BenchFindings.of(System.getenv());
    DecodeBench bench = new DecodeBench(backend, library.layerTypes(), options, (program, weights, on, seconds) -> {
      if (options.context() == 0) {
        findings.keep(program, weights, on, seconds).ifPresent(root::note);
      }
    });
    List<BenchReport> reports = new ArrayList<>();
    for (List<Contender> models : rounds) {
      reports.add(bench.run(models, progress));
    }
    print(contenders.sweeps() ? Map.of("sweep", reports.stream().map(BenchReport::toMap).toList()) : reports.getFirst().toMap(),
        reports.stream().map(BenchReport::table).collect(Collectors.joining(System.lineSeparator())));
    if (plot != null) {
      new BenchPlot(reports, contenders.sweeps()).write(plot);
    }
  }

  private void print(Map<String, Object> figures, String table) {
    root.terminal().out().println(json ? Json.write(figures) : table);
  }
}
