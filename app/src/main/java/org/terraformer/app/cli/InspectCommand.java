package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.terraformer.app.embedded.DefaultModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BackendChoice;
import org.terraformer.app.library.MemoryNeed;
import org.terraformer.app.library.Settings;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.MemoryForecast;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.kernel.WeightTraffic;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Shows what a model is made of. */
@Command(name = "inspect", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Prints a model's configuration, tensors, and what decoding a token costs, beside its dense twin.",
    footer = {"", "Examples:", "  terraformer inspect", "  terraformer inspect copy", "  terraformer inspect --json copy",
        "  terraformer inspect summaries --context 15360 --cache bf16"})
final class InspectCommand implements Runnable {
  private static final int TARGET = 512;
  private static final Set<String> OF_CONTEXT = Set.of("--target", "--cache", "--backend", "--fallback", "--device", "--threads");

  @ParentCommand
  private TerraformerCommand root;

  @Spec
  private CommandSpec spec;

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "The model's folder; without it the embedded model.")
  private Path model;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Option(names = "--context", paramLabel = "N",
      description = "Also what memory generating takes: with a context of N tokens, or behind a source of N tokens.")
  private Integer context;

  @Option(names = "--target", paramLabel = "N",
      description = "With --context: positions of the decoder behind a source (" + TARGET + ").")
  private Integer target;

  @Mixin
  private BackendOptions run;

  @Override
  public void run() {
    check();
    try (Arena arena = Arena.ofShared()) {
      ModelConfig config = model == null ? DefaultModel.config() : new ModelFolder(model).config();
      WeightSource weights = model == null ? DefaultModel.weights(arena) : new ModelFolder(model).weights(arena);
      LayerTypes types = root.library().layerTypes();
      Program program = model == null ? Models.record(config, types) : new ModelFolder(model).program(config, types);
      WeightCheck.checkExact(program, weights);
      Map<String, Object> figures = figures(config, types, program, weights);
      if (context != null) {
        figures.put("memory", memory(config, weights, (long) figures.get("bytes")));
      }
      print(root.terminal().out(), figures, config);
    }
  }

  private void check() {
    spec.commandLine().getParseResult().matchedOptions().stream().map(OptionSpec::longestName)
        .filter(option -> context == null && OF_CONTEXT.contains(option)).findFirst().ifPresent(option -> {
          throw InvalidInputException.of("%s is for --context only.", option);
        });
    if (context != null && context < 1) {
      throw InvalidInputException.of("--context is %d but must be 1 or more.", context);
    }
    if (target != null && target < 1) {
      throw InvalidInputException.of("--target is %d but must be 1 or more.", target);
    }
  }

  private Map<String, Object> memory(ModelConfig config, WeightSource weights, long bytes) {
    boolean readsSource = config.architecture().encoder().isPresent();
    if (target != null && !readsSource) {
      throw InvalidInputException.of("--target is for models that read a source, not for %s.", config.architecture().aName());
    }
    int decoded = !readsSource ? context : target == null ? TARGET : target;
    int positions = Math.max(context, decoded);
    if (positions > config.maxLength()) {
      throw InvalidInputException.of("The context is %d but the model knows %d positions.", positions, config.maxLength());
    }
    Settings settings = run.apply(root.settings());
    CompositionRoot library = settings.library();
    BackendChoice choice = BackendChoice.of(library, settings, Models.decoder(config, library.layerTypes(), context), weights);
    choice.note().ifPresent(root::note);
    Backend backend = choice.backend();
    if (!(backend instanceof MemoryForecast forecast)) {
      throw InvalidInputException.of("The backend %s does not tell what memory it takes; the backend cpu does.", backend.name());
    }
    MemoryNeed need = MemoryNeed.of(
        config, library.layerTypes(), forecast, weights, bytes, context, decoded, settings.cache());
    Map<String, Object> figures = need.toMap();
    if (backend.distant()) {
      figures.put("device", need.executable());
    }
    return figures;
  }

  private static Map<String, Object> figures(ModelConfig config, LayerTypes types, Program program, WeightSource weights) {
    Map<String, Object> figures = new LinkedHashMap<>();
    List<Map<String, Object>> tensors = new ArrayList<>();
    long bytes = 0;
    for (Value weight : program.weights()) {
      Tensor tensor = weights.find(weight.name()).orElseThrow();
      bytes += tensor.dtype().bytes(tensor.shape());
      Map<String, Object> row = new LinkedHashMap<>();
      row.put("name", tensor.name());
      row.put("dtype", tensor.dtype().name());
      row.put("shape", tensor.shape().toArray());
      row.put("bytes", tensor.dtype().bytes(tensor.shape()));
      tensors.add(row);
    }
    Program decoder = Models.decoder(config, types, 1);
    Program twin = Models.record(config.denseTwin(), types);
    figures.put("tensors", tensors);
    figures.put("parameters", program.parameters());
    figures.put("bytes", bytes);
    figures.put("bytes_per_token", WeightTraffic.bytesPerToken(decoder, weights));
    figures.put("dense_parameters", twin.parameters());
    figures.put("dense_bytes_per_token", WeightTraffic.bytesPerToken(Models.decoder(config.denseTwin(), types, 1), typesLike(program, weights)));
    figures.put("cache_bytes_per_token", decoder.states().stream().filter(state -> state.extent() == Extent.CONTEXT)
        .mapToLong(state -> DType.F32.bytes(state.shape())).sum());
    return figures;
  }

  /** The types of a dense twin's weights: most of the model's matrix elements decide for all matrices. */
  private static Function<Value, DType> typesLike(Program program, WeightSource weights) {
    Map<DType, Long> elements = new EnumMap<>(DType.class);
    for (Value weight : program.weights()) {
      if (weight.kind() == Value.Kind.MATRIX) {
        elements.merge(weights.find(weight.name()).orElseThrow().dtype(), weight.shape().elements(), Long::sum);
      }
    }
    DType matrices = elements.entrySet().stream().max(Map.Entry.comparingByValue()).map(Map.Entry::getKey).orElse(DType.F32);
    return weight -> weight.kind() == Value.Kind.MATRIX ? matrices : DType.F32;
  }

  private void print(PrintWriter out, Map<String, Object> figures, ModelConfig config) {
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("config", config.toMap());
      all.putAll(figures);
      out.println(Json.write(all));
      return;
    }
    out.println(Json.pretty(config.toMap()));
    @SuppressWarnings("unchecked")
    List<Map<String, Object>> tensors = (List<Map<String, Object>>) figures.get("tensors");
    for (Map<String, Object> tensor : tensors) {
      out.printf("%-60s %-4s %-24s %,14d bytes%n", tensor.get("name"), tensor.get("dtype"),
          Arrays.toString((long[]) tensor.get("shape")), tensor.get("bytes"));
    }
    out.printf("%nparameters                  %,16d   dense twin %,16d%n",
        figures.get("parameters"), figures.get("dense_parameters"));
    out.printf("bytes read per token        %,16d   dense twin %,16d%n",
        figures.get("bytes_per_token"), figures.get("dense_bytes_per_token"));
    out.printf("bytes of weights            %,16d%n", figures.get("bytes"));
    out.printf("bytes cached per token      %,16d   (F32; half of it as BF16)%n", figures.get("cache_bytes_per_token"));
    if (figures.get("memory") instanceof Map<?, ?> memory) {
      out.printf("memory for %,d tokens%n", context);
      memory.forEach((part, bytes) -> out.printf("  %-26s%,16d%n", part, bytes));
    }
  }
}
