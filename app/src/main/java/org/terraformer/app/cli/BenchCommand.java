package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.bench.BenchOptions;
import org.terraformer.app.bench.BenchPlot;
import org.terraformer.app.bench.BenchReport;
import org.terraformer.app.bench.BenchShape;
import org.terraformer.app.bench.Contender;
import org.terraformer.app.bench.DecodeBench;
import org.terraformer.app.bench.Variant;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.Settings;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Measures decoding. */
@Command(name = "bench", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Times decoding of dense and sparse models side by side, against the bandwidth of memory.",
    footer = {"", "Examples:", "  terraformer bench --shape tiny", "  terraformer bench --shape 800m --plot speed.svg",
        "  terraformer bench --shape 17b --blocks 1 --json", "  terraformer bench --shape 800m --blocks 4 --sweep 256,512,1024,2048 --plot sweep.svg"})
final class BenchCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Option(names = "--shape", paramLabel = "SHAPE", defaultValue = "800m",
      description = "tiny, 800m, 17b, a model folder, or a configuration file (${DEFAULT-VALUE}).")
  private String shape;

  @Option(names = "--variants", paramLabel = "NAMES", defaultValue = "dense,ff,qkv,ff+qkv,ff+qkv+logits",
      description = "Which variants of a named shape (${DEFAULT-VALUE}).")
  private String variants;

  @Option(names = "--dtype", paramLabel = "TYPE", defaultValue = "f32", description = "Type of the weights: f32, bf16 or q8 (${DEFAULT-VALUE}).")
  private String dtype;

  @Option(names = "--blocks", paramLabel = "N", description = "Fewer blocks than the shape has.")
  private Integer blocks;

  @Option(names = "--tokens", paramLabel = "N", defaultValue = "100", description = "Tokens timed for each variant (${DEFAULT-VALUE}).")
  private int tokens;

  @Option(names = "--turn", paramLabel = "N", defaultValue = "5", description = "Tokens of a variant before the next one's turn (${DEFAULT-VALUE}).")
  private int turn;

  @Option(names = "--prompt", paramLabel = "N", defaultValue = "16", description = "Tokens of the prompt (${DEFAULT-VALUE}).")
  private int prompt;

  @Option(names = "--warm-up", paramLabel = "N", defaultValue = "4", description = "Tokens decoded before timing (${DEFAULT-VALUE}).")
  private int warmUp;

  @Option(names = "--sweep", paramLabel = "WIDTHS", split = ",", description = "Measure the shape at these widths (d_model).")
  private List<Integer> widths;

  @Option(names = "--plot", paramLabel = "FILE", description = "Draw the result: an .svg or .png file.")
  private Path plot;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Mixin
  private BackendOptions run;

  @Override
  public void run() {
    if (blocks != null && blocks < 1) {
      throw InvalidInputException.of("--blocks is %d but must be 1 or more.", blocks);
    }
    if (plot != null) {
      BenchPlot.check(plot);
    }
    Settings settings = run.apply(root.settings());
    CompositionRoot library = CompositionRoot.of(settings.threads(), settings.extensions());
    BenchOptions options = new BenchOptions(BackendOptions.type("--dtype", dtype), settings.contextLength(), prompt, warmUp, tokens, turn, settings.cache());
    DecodeBench bench = new DecodeBench(settings.backend().map(library::backend).orElseGet(library::fastest), library.layerTypes(), options);
    List<BenchReport> reports = new ArrayList<>();
    for (List<Contender> contenders : rounds(options)) {
      reports.add(bench.run(contenders, root.progress(json)));
    }
    print(reports);
    if (plot != null) {
      new BenchPlot(reports).write(plot);
    }
  }

  private List<List<Contender>> rounds(BenchOptions options) {
    if (!BenchShape.known(shape) && Files.exists(Path.of(shape))) {
      return List.of(own(Path.of(shape)));
    }
    BenchShape named = BenchShape.named(shape);
    BenchShape chosen = blocks == null ? named : named.withBlocks(blocks);
    List<Variant> wanted = Variant.parse(variants);
    return widths == null ? List.of(Contender.of(chosen, wanted, options.positions()))
        : widths.stream().map(width -> Contender.of(chosen.withWidth(width), wanted, options.positions())).toList();
  }

  private static List<Contender> own(Path path) {
    if (Files.isDirectory(path)) {
      ModelFolder folder = new ModelFolder(path);
      return Contender.withTwin(folder.config(), Optional.of(folder::weights));
    }
    return Contender.withTwin(ModelConfig.fromMap(JsonFile.read(path)), Optional.empty());
  }

  private void print(List<BenchReport> reports) {
    PrintWriter out = root.terminal().out();
    if (!json) {
      reports.forEach(report -> out.println(report.table()));
      return;
    }
    Map<String, Object> object = new LinkedHashMap<>();
    if (reports.size() == 1) {
      object.putAll(reports.getFirst().toMap());
    } else {
      object.put("sweep", reports.stream().map(BenchReport::toMap).toList());
    }
    out.println(Json.write(object));
  }
}
