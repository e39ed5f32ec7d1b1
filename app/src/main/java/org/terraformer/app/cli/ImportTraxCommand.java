package org.terraformer.app.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.trax.TraxCheckpoint;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Makes a model folder of a trax checkpoint. */
@Command(name = "import-trax", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Makes a model folder of a checkpoint that trax wrote. A checkpoint does not say how its model was made: that is given "
        + "as the arguments of the trax class.",
    footer = {"", "Example:", "  terraformer import-trax transformerlm_copy.pkl.gz --out copy --class TransformerLM \\",
        "      --set vocab_size=13 --set d_model=64 --set d_ff=128 --set n_heads=2 --set n_layers=2 --set max_len=256"})
final class ImportTraxCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Parameters(paramLabel = "CHECKPOINT", description = "A .pkl.gz or .weights.npy.gz file, their common path, or a folder with model.pkl.gz.")
  private Path checkpoint;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The model folder to write.")
  private Path out;

  @Option(names = "--class", paramLabel = "NAME", defaultValue = "ConfigurableTransformerLM",
      description = "The trax class: TransformerLM or ConfigurableTransformerLM (default).")
  private String model;

  @Option(names = "--set", paramLabel = "NAME=VALUE", description = "An argument of the class; the value is JSON or plain text.")
  private Map<String, String> arguments = new LinkedHashMap<>();

  @Option(names = "--args", paramLabel = "JSON", description = "All arguments of the class as one JSON object.")
  private String json;

  @Override
  public void run() {
    Map<String, Object> values = new LinkedHashMap<>();
    if (json != null) {
      if (!(parse(json) instanceof Map<?, ?> map)) {
        throw InvalidInputException.of("--args is %s but must be a JSON object.", json);
      }
      map.forEach((name, value) -> values.put(name.toString(), value));
    }
    arguments.forEach((name, value) -> values.put(name, parse(value)));
    ModelConfig config = TraxConfiguration.of(model, values);
    Program program = TransformerLm.record(config, new LayerTypes(BuiltInLayerTypes.all()));
    try (Arena arena = Arena.ofShared()) {
      TraxCheckpoint source = TraxCheckpoint.open(checkpoint, arena);
      NamedTensors weights = new TraxWeights(program)
          .translate(source.weights(), TraxConfiguration.unusedArrays(values), source.origin(), arena);
      new ModelFolder(out).write(config, weights, root.progress());
      root.figures("%s: %,d parameters in %d tensors%s".formatted(out, program.parameters(), weights.names().size(),
          source.step() < 0 ? "" : ", training step %,d".formatted(source.step())));
    }
  }

  private static Object parse(String value) {
    try {
      return new ObjectMapper().readValue(value, Object.class);
    } catch (JsonProcessingException e) {
      return value;
    }
  }
}
