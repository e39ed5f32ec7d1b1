package org.terraformer.app.cli;

import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.terraformer.app.bench.BenchOptions;
import org.terraformer.app.bench.BenchShape;
import org.terraformer.app.bench.Contender;
import org.terraformer.app.bench.Depth;
import org.terraformer.app.bench.DiskModels;
import org.terraformer.app.bench.SourceShape;
import org.terraformer.app.bench.Variant;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Option;

/** Which models are measured. */
final class ContenderOptions {
  private static final String VARIANTS = "dense,ff,qkv,ff+qkv,ff+qkv+logits";
  private static final List<Integer> WIDTHS = List.of(256, 512, 1024, 2048);
  private static final int SOURCE = 128;

  @Option(names = "--shape", paramLabel = "SHAPE", defaultValue = "800m",
      description = "tiny, 800m, 17b, terraformer-tiny, terraformer-800m, terraformer-17b, a model folder, "
          + "or a configuration file (${DEFAULT-VALUE}).")
  private String shape;

  @Option(names = "--variants", paramLabel = "NAMES",
      description = "Which variants of a shape without an encoder (" + VARIANTS + ").")
  private String variants;

  @Option(names = "--dtype", paramLabel = "TYPE",
      description = "Type of the matrices: f32, f16, bf16 or q8; a model folder's own, else f32, if not given.")
  private String dtype;

  @Option(names = "--blocks", paramLabel = "N",
      description = "Blocks of the decoder, and the most of the encoder; as the named shape or the configuration file has if not given.")
  private Integer blocks;

  @Option(names = "--source", paramLabel = "N",
      description = "Tokens of the source that models with an encoder decode behind (" + SOURCE + ").")
  private Integer source;

  @Option(names = "--disk", paramLabel = "FOLDER",
      description = "Write the models there and map their files, instead of keeping random weights in memory.")
  private Path disk;

  @Option(names = "--sweep", paramLabel = "WIDTHS",
      description = "Measure the named shape at these widths, separated by commas, or at d for 256,512,1024,2048.")
  private String sweep;

  /** The type of random weights. */
  DType dtype() {
    return dtype == null ? DType.F32 : BackendOptions.type("--dtype", dtype);
  }

  boolean sweeps() {
    return sweep != null;
  }

  /** Finds options that don't go together. */
  void check() {
    if (blocks != null && blocks < 1) {
      throw InvalidInputException.of("--blocks is %d but must be 1 or more.", blocks);
    }
    if (source != null && source < 1) {
      throw InvalidInputException.of("--source is %d but must be 1 or more.", source);
    }
    if (disk != null && sweep != null) {
      throw new InvalidInputException("--disk can't be combined with --sweep.");
    }
    if (SourceShape.known(shape) && (variants != null || sweep != null)) {
      throw InvalidInputException.of("--variants and --sweep are for shapes without an encoder, not for %s.", shape);
    }
    if (isPath() && (variants != null || sweep != null || disk != null)) {
      throw InvalidInputException.of("--variants, --sweep and --disk are for named shapes, not for %s.", shape);
    }
    if (isPath() && Files.isDirectory(Path.of(shape)) && blocks != null) {
      throw InvalidInputException.of("--blocks is for named shapes and configuration files, not for the weights in %s.", shape);
    }
  }

  private boolean isPath() {
    return !BenchShape.known(shape) && !SourceShape.known(shape) && Files.exists(Path.of(shape));
  }

  /**
   * The models that are measured side by side; of a sweep, those of each width. With {@code --disk} the missing ones are written.
   */
  List<List<Contender>> rounds(BenchOptions options, LayerTypes types, ProgressListener progress) {
    List<List<Contender>> rounds = inMemory(options, types);
    if (source != null && rounds.stream().flatMap(List::stream).noneMatch(Contender::readsSource)) {
      throw InvalidInputException.of("--source is for models with an encoder, not for %s.", shape);
    }
    return disk == null ? rounds : List.of(new DiskModels(disk, types).of(rounds.getFirst(), progress));
  }

  private List<List<Contender>> inMemory(BenchOptions options, LayerTypes types) {
    if (isPath()) {
      return List.of(own(Path.of(shape), options, types));
    }
    if (SourceShape.known(shape)) {
      SourceShape known = SourceShape.named(shape);
      return List.of(Contender.of(blocks == null ? known : known.withBlocks(blocks), options, sourceLength()));
    }
    BenchShape named = BenchShape.named(shape);
    BenchShape chosen = blocks == null ? named : named.withBlocks(blocks);
    List<Variant> wanted =
        Variant.parse(new CommaSeparated("--variants", variants == null ? VARIANTS : variants, "names of variants").parts());
    return sweep == null ? List.of(Contender.of(chosen, wanted, options))
        : widths().stream().map(width -> Contender.of(chosen.withWidth(width), wanted, options)).toList();
  }

  private List<Integer> widths() {
    return sweep.equals("d") ? WIDTHS : new CommaSeparated("--sweep", sweep, "d, or whole numbers").numbers();
  }

  private int sourceLength() {
    return source == null ? SOURCE : source;
  }

  private List<Contender> own(Path path, BenchOptions options, LayerTypes types) {
    if (!Files.isDirectory(path)) {
      ModelConfig config = ModelConfig.fromMap(JsonFile.read(path));
      return Contender.withTwin(
          blocks == null ? config : Depth.of(config, blocks), options.dtype(), Optional.empty(), sourceLength());
    }
    ModelFolder folder = new ModelFolder(path);
    ModelConfig config = folder.config();
    DType stored = stored(folder, config, types);
    if (dtype != null && options.dtype() != stored) {
      throw InvalidInputException.of("--dtype is %s but the matrices in %s are %s; convert makes another folder of it.",
          dtype, path, stored.name().toLowerCase(Locale.ROOT));
    }
    return Contender.withTwin(config, stored, Optional.of(folder::weights), sourceLength());
  }

  /** The type of the first matrix in a folder. */
  private static DType stored(ModelFolder folder, ModelConfig config, LayerTypes types) {
    try (Arena arena = Arena.ofShared()) {
      WeightSource weights = folder.weights(arena);
      return Models.record(config, types).weights().stream().filter(weight -> weight.kind() == Value.Kind.MATRIX)
          .flatMap(weight -> weights.find(weight.name()).stream()).findFirst().orElseThrow().dtype();
    }
  }
}
