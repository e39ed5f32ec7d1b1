package org.terraformer.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.WeightStream;
import org.terraformer.app.format.gin.GinReader;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.app.trax.DerivedBuckets;
import org.terraformer.app.trax.TraxCheckpoint;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxGin;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a model folder of a trax checkpoint. */
@Command(name = "import-trax", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Makes a model folder of a checkpoint that trax wrote. A checkpoint does not say how its model was made: that is "
        + "in the gin file that it was trained with, or is given as the arguments of the trax class.",
    footer = {"", "Examples:", "  terraformer import-trax model.pkl.gz --gin config.gin --out lm",
        "  terraformer import-trax transformerlm_copy.pkl.gz --out copy \\",
        "      --class TransformerLM --set vocab_size=13 --set d_model=64 \\",
        "      --set d_ff=128 --set n_heads=2 --set n_layers=2 --set max_len=256"})
final class ImportTraxCommand implements Runnable {
  private static final String DEFAULT_CLASS = "ConfigurableTransformerLM";

  @ParentCommand
  private TerraformerCommand root;

  @Parameters(paramLabel = "CHECKPOINT",
      description = "A .pkl.gz, .pkl or .weights.npy.gz file, their common path, or a folder with model.pkl.gz.")
  private Path checkpoint;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The model folder to write.")
  private Path out;

  @Option(names = "--gin", paramLabel = "FILE",
      description = "The gin file of the training, often config.gin beside the checkpoint. The options below win over it.")
  private Path gin;

  @Option(names = "--class", paramLabel = "NAME",
      description = "The trax class: TransformerLM, Transformer, TransformerEncoder, or ConfigurableTransformerLM and so on, ConfigurableTerraformer; "
          + "else the gin file's train.model, or ConfigurableTransformerLM.")
  private String model;

  @Option(names = "--args", paramLabel = "JSON", description = "Arguments of the class as one JSON object.")
  private String json;

  @Option(names = "--set", paramLabel = "NAME=VALUE",
      description = "An argument of the class, or Class.parameter for one of a layer's class; the value is JSON or plain text.")
  private Map<String, String> arguments = new LinkedHashMap<>();

  @Option(names = "--tokenizer", paramLabel = "FILE", description = "The vocabulary, which is copied into the folder: a .subword, a .model.")
  private Path tokenizer;

  @Option(names = "--reserved-ids", paramLabel = "N", defaultValue = "0",
      description = "Ids before the first of the vocabulary: the n_reserved_ids of the training's data.")
  private int reservedIds;

  @Option(names = "--end-id", paramLabel = "ID", description = "The id that ends a text, mostly 1.")
  private Integer endId;

  @Option(names = "--shard-size", paramLabel = "SIZE",
      description = "Split the weights into files of at most this size, as 2GB, with an index; one file if not given.")
  private String shardSize;

  @Option(names = "--overwrite",
      description = "Replace the model that is in the folder, its vocabulary included, so that without --tokenizer there is none; "
          + "files that belong to no model stay.")
  private boolean overwrite;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean asJson;

  @Override
  public void run() {
    long shardBytes = shardSize == null ? Long.MAX_VALUE : ByteSize.parse("--shard-size", shardSize);
    Map<String, Object> values = new LinkedHashMap<>();
    String className = model == null ? DEFAULT_CLASS : model;
    if (gin != null) {
      TraxGin read = TraxGin.of(GinReader.read(gin), Optional.ofNullable(model));
      className = read.model();
      values.putAll(read.arguments());
      if (root.debug) {
        String ignored = read.ignored().isEmpty() ? "none" : String.join(", ", read.ignored());
        root.figures("%s: not used are the bindings of %s".formatted(gin, ignored));
      }
    }
    values.putAll(given());
    ModelConfig config = told(TraxConfiguration.of(className, values));
    Map<String, Path> companions = tokenizer == null ? Map.of() : Tokenizers.at(tokenizer).byNameInFolder();
    Program program = Models.record(config, root.library().layerTypes());
    ModelFolder.WriteOptions options = new ModelFolder.WriteOptions(shardBytes, overwrite, companions);
    new ModelFolder(out).checkReplaceable(options);
    ProgressListener progress = root.progress(asJson);
    TraxCheckpoint source = TraxCheckpoint.open(checkpoint, progress);
    WeightStream weights = new TraxWeights(program).stream(source.arrays(), TraxConfiguration.unusedArrays(values), progress);
    new ModelFolder(out).write(config, weights, options, progress);
    DerivedBuckets.notes(config).forEach(root::note);
    print(program.parameters(), weights.headers().size(), source.step());
  }

  private void print(long parameters, int tensors, long step) {
    if (!asJson) {
      root.figures("%s: %,d parameters in %d tensors%s".formatted(
          out, parameters, tensors, step < 0 ? "" : ", training step %,d".formatted(step)));
      return;
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("folder", out.toString());
    figures.put("parameters", parameters);
    figures.put("tensors", tensors);
    if (step >= 0) {
      figures.put("step", step);
    }
    root.terminal().out().println(Json.write(figures));
  }

  /** The configuration with what is not in a trax model, but in its data. */
  private ModelConfig told(ModelConfig config) {
    if (reservedIds < 0) {
      throw InvalidInputException.of("--reserved-ids is %d but must be 0 or more.", reservedIds);
    }
    Map<String, Object> map = config.toMap();
    if (reservedIds > 0) {
      map.put("tokenizer", Map.of("reserved_ids", reservedIds));
    }
    if (endId != null) {
      map.put("end_id", endId);
    }
    return ModelConfig.fromMap(map);
  }

  /** The arguments on the command line. */
  private Map<String, Object> given() {
    Map<String, Object> values = new LinkedHashMap<>();
    if (json != null) {
      if (!(parse(json) instanceof Map<?, ?> map)) {
        throw InvalidInputException.of("--args is %s but must be a JSON object.", json);
      }
      map.forEach((name, value) -> values.put(name.toString(), value));
    }
    arguments.forEach((name, value) -> values.put(name, parse(value)));
    return values;
  }

  private static Object parse(String value) {
    try {
      return new ObjectMapper().readValue(value, Object.class);
    } catch (JsonProcessingException e) {
      return value;
    }
  }
}
