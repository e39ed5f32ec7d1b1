package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.bench.AttentionBench;
import org.terraformer.app.bench.AttentionPlot;
import org.terraformer.app.bench.AttentionReport;
import org.terraformer.app.bench.BatchBench;
import org.terraformer.app.bench.BatchReport;
import org.terraformer.app.bench.BenchOptions;
import org.terraformer.app.bench.BenchPlot;
import org.terraformer.app.bench.BenchReport;
import org.terraformer.app.bench.BenchShape;
import org.terraformer.app.bench.ChartFile;
import org.terraformer.app.bench.Contender;
import org.terraformer.app.bench.DecodeBench;
import org.terraformer.app.bench.DiskModels;
import org.terraformer.app.bench.SourceShape;
import org.terraformer.app.bench.StartupBench;
import org.terraformer.app.bench.Variant;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BenchFindings;
import org.terraformer.app.library.Settings;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

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
  private static final String VARIANTS = "dense,ff,qkv,ff+qkv,ff+qkv+logits";
  private static final List<Integer> WIDTHS = List.of(256, 512, 1024, 2048);

  @ParentCommand
  private TerraformerCommand root;

  @Option(names = "--shape", paramLabel = "SHAPE", defaultValue = "800m",
      description = "tiny, 800m, 17b, terraformer-tiny, terraformer-800m, terraformer-17b, a model folder, "
          + "or a configuration file (${DEFAULT-VALUE}).")
  private String shape;

  @Option(names = "--variants", paramLabel = "NAMES",
      description = "Which variants of a shape without an encoder (" + VARIANTS + ").")
  private String variants;

  @Option(names = "--dtype", paramLabel = "TYPE",
      description = "Type of the matrices: f32, bf16 or q8; a model folder's own, else f32, if not given.")
  private String dtype;

  @Option(names = "--blocks", paramLabel = "N", description = "Fewer blocks than the named shape has.")
  private Integer blocks;

  @Option(names = "--source", paramLabel = "N", defaultValue = "128",
      description = "Tokens of the source that models with an encoder decode behind (${DEFAULT-VALUE}).")
  private int source;

  @Mixin
  private ProtocolOptions protocol;

  @Option(names = "--disk", paramLabel = "FOLDER",
      description = "Write the models there and map their files, instead of keeping random weights in memory.")
  private Path disk;

  @Option(names = "--sweep", paramLabel = "WIDTHS",
      description = "Measure the named shape at these widths, separated by commas, or at d for 256,512,1024,2048.")
  private String sweep;

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
    ProgressListener progress = root.progress(json);
    if (startup) {
      printStartup(progress);
      return;
    }
    if (attention.given()) {
      printAttention(progress);
      return;
    }
    check();
    Settings settings = run.apply(root.settings());
    CompositionRoot library = settings.library();
    BenchOptions options = protocol.options(dtype == null ? DType.F32 : BackendOptions.type("--dtype", dtype), settings.cache());
    Backend backend = root.backend(library, settings);
    if (batch != null) {
      BatchReport report = new BatchBench(backend, library.layerTypes(), options)
          .run(rounds(options, library).getFirst(), batches(), progress);
      root.terminal().out().println(json ? Json.write(report.toMap()) : report.table());
      return;
    }
    BenchFindings findings = BenchFindings.of(System.getenv());
    DecodeBench bench = new DecodeBench(backend, library.layerTypes(), options, (program, weights, on, seconds) -> {
      if (options.context() == 0) {
        findings.keep(program, weights, on, seconds).ifPresent(root::note);
      }
    });
    List<BenchReport> reports = new ArrayList<>();
    for (List<Contender> contenders : rounds(options, library)) {
      reports.add(bench.run(disk == null ? contenders : new DiskModels(disk, library.layerTypes()).of(contenders, progress), progress));
    }
    print(reports);
    if (plot != null) {
      new BenchPlot(reports, sweep != null).write(plot);
    }
  }

  private void check() {
    if (blocks != null && blocks < 1) {
      throw InvalidInputException.of("--blocks is %d but must be 1 or more.", blocks);
    }
    if (plot != null) {
      ChartFile.check(plot);
    }
    if (batch != null && (sweep != null || disk != null || plot != null)) {
      throw new InvalidInputException("--batch can't be combined with --sweep, --disk or --plot.");
    }
    if (disk != null && sweep != null) {
      throw new InvalidInputException("--disk can't be combined with --sweep.");
    }
    if (source < 1) {
      throw InvalidInputException.of("--source is %d but must be 1 or more.", source);
    }
    if (SourceShape.known(shape) && (variants != null || sweep != null)) {
      throw InvalidInputException.of("--variants and --sweep are for shapes without an encoder, not for %s.", shape);
    }
    if (isPath() && (blocks != null || sweep != null || disk != null)) {
      throw InvalidInputException.of("--blocks, --sweep and --disk are for named shapes, not for %s.", shape);
    }
  }

  private boolean isPath() {
    return !BenchShape.known(shape) && !SourceShape.known(shape) && Files.exists(Path.of(shape));
  }

  private List<List<Contender>> rounds(BenchOptions options, CompositionRoot library) {
    if (isPath()) {
      return List.of(own(Path.of(shape), options, library));
    }
    if (SourceShape.known(shape)) {
      SourceShape known = SourceShape.named(shape);
      return List.of(Contender.of(blocks == null ? known : known.withBlocks(blocks), options, source));
    }
    BenchShape named = BenchShape.named(shape);
    BenchShape chosen = blocks == null ? named : named.withBlocks(blocks);
    List<Variant> wanted = Variant.parse(variants == null ? VARIANTS : variants);
    return sweep == null ? List.of(Contender.of(chosen, wanted, options))
        : widths().stream().map(width -> Contender.of(chosen.withWidth(width), wanted, options)).toList();
  }

  private List<Integer> batches() {
    try {
      List<Integer> numbers = Arrays.stream(batch.split(",")).map(String::strip).map(Integer::valueOf).toList();
      if (numbers.stream().allMatch(number -> number >= 1)) {
        return numbers;
      }
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--batch is %s but must be whole numbers from 1, separated by commas.".formatted(batch), e);
    }
    throw InvalidInputException.of("--batch is %s but must be whole numbers from 1, separated by commas.", batch);
  }

  private List<Integer> widths() {
    if (sweep.equals("d")) {
      return WIDTHS;
    }
    try {
      return Arrays.stream(sweep.split(",")).map(String::strip).map(Integer::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new InvalidInputException("--sweep is %s but must be d, or whole numbers separated by commas.".formatted(sweep), e);
    }
  }

  private List<Contender> own(Path path, BenchOptions options, CompositionRoot library) {
    if (!Files.isDirectory(path)) {
      return Contender.withTwin(ModelConfig.fromMap(JsonFile.read(path)), options.dtype(), Optional.empty(), source);
    }
    ModelFolder folder = new ModelFolder(path);
    ModelConfig config = folder.config();
    DType stored = stored(folder, config, library);
    if (dtype != null && options.dtype() != stored) {
      throw InvalidInputException.of("--dtype is %s but the matrices in %s are %s; convert makes another folder of it.", dtype, path,
          stored.name().toLowerCase(Locale.ROOT));
    }
    return Contender.withTwin(config, stored, Optional.of(folder::weights), source);
  }

  /** The type of the first matrix in a folder. */
  private static DType stored(ModelFolder folder, ModelConfig config, CompositionRoot library) {
    try (Arena arena = Arena.ofShared()) {
      WeightSource weights = folder.weights(arena);
      return Models.record(config, library.layerTypes()).weights().stream().filter(weight -> weight.kind() == Value.Kind.MATRIX)
          .flatMap(weight -> weights.find(weight.name()).stream()).findFirst().orElseThrow().dtype();
    }
  }

  private void printStartup(ProgressListener progress) {
    String launcher = System.getProperty(LAUNCHER);
    if (launcher == null) {
      throw new InvalidInputException("--startup times the program's launcher, terraformer, and must be run by it.");
    }
    StartupBench.Result result = new StartupBench(List.of(launcher, "generate", "It was a dark night, and"), runs).run(progress);
    root.terminal().out().println(json ? Json.write(Map.of("startup", result.toMap())) : result.text());
  }

  private void printAttention(ProgressListener progress) {
    if (plot != null) {
      ChartFile.check(plot);
    }
    Settings settings = run.apply(root.settings());
    CompositionRoot library = settings.library();
    AttentionReport report =
        new AttentionBench(root.backend(library, settings), attention.options(protocol.tokens(), settings.cache())).run(progress);
    root.terminal().out().println(json ? Json.write(report.toMap()) : report.table());
    if (plot != null) {
      new AttentionPlot(report).write(plot);
    }
  }

  private void print(List<BenchReport> reports) {
    PrintWriter out = root.terminal().out();
    if (!json) {
      reports.forEach(report -> out.println(report.table()));
      return;
    }
    Map<String, Object> object = new LinkedHashMap<>();
    if (sweep == null) {
      object.putAll(reports.getFirst().toMap());
    } else {
      object.put("sweep", reports.stream().map(BenchReport::toMap).toList());
    }
    out.println(Json.write(object));
  }
}
