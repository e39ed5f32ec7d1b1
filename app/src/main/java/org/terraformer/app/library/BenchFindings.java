package org.terraformer.app.library;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.terraformer.app.format.JsonFile;
import org.terraformer.app.format.Reason;
import org.terraformer.app.format.ReplacedFile;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.Tensor;

/**
 * How long a token took on each backend when {@code bench} measured a model of some shape and type of weights: a small file in the user's
 * cache folder, {@code bench.json} in {@code XDG_CACHE_HOME/terraformer} or {@code ~/.cache/terraformer}. A finding holds for the devices or
 * threads that it was made with.
 */
public final class BenchFindings {
  private static final int MOST_MODELS = 500;
  private static final String RUNS_ON = "runs_on";
  private static final String MILLISECONDS = "ms_per_token";

  private final Path file;

  private BenchFindings(Path file) {
    this.file = file;
  }

  /** Those of the user whose environment this is. */
  public static BenchFindings of(Map<String, String> environment) {
    String cache = environment.get("XDG_CACHE_HOME");
    Path folder = cache == null || cache.isBlank()
        ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home")), ".cache") : Path.of(cache);
    return new BenchFindings(folder.resolve("terraformer").resolve("bench.json"));
  }

  /**
   * Keeps a finding, in place of an earlier one for this model and backend. Of the models, the last few hundred are kept.
   *
   * @return why it could not be kept, in a sentence
   */
  public Optional<String> keep(Program program, WeightSource weights, Backend backend, double secondsPerToken) {
    Map<String, Object> all = read();
    String model = fingerprint(program, weights);
    Map<String, Object> ofModel = new TreeMap<>(object(all.remove(model)));
    ofModel.put(backend.name(), Map.of(RUNS_ON, backend.runsOn(), MILLISECONDS, 1e3 * secondsPerToken));
    while (all.size() >= MOST_MODELS) {
      all.remove(all.keySet().iterator().next());
    }
    all.put(model, ofModel);
    try {
      Files.createDirectories(file.getParent());
      ReplacedFile.write(file, partial -> Files.write(partial, JsonFile.bytes(all)));
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("%s can't be written, so that --backend auto will not know of this: %s.".formatted(file, Reason.of(e)));
    }
  }

  /** Milliseconds that a token of a model like this took, by the name of the backend, of those that run here as they did then. */
  Map<String, Double> of(Program program, WeightSource weights, Map<String, Backend> backends) {
    Map<String, Double> found = new TreeMap<>();
    object(read().get(fingerprint(program, weights))).forEach((name, finding) -> {
      Map<String, Object> made = object(finding);
      if (backends.containsKey(name) && made.get(MILLISECONDS) instanceof Number milliseconds && backends.get(name).available()
          && backends.get(name).runsOn().equals(made.get(RUNS_ON))) {
        found.put(name, milliseconds.doubleValue());
      }
    });
    return found;
  }

  /** What the file holds; a file that is damaged holds nothing. */
  private Map<String, Object> read() {
    try {
      return Files.isRegularFile(file) ? new LinkedHashMap<>(JsonFile.read(file)) : new LinkedHashMap<>();
    } catch (InvalidInputException e) {
      return new LinkedHashMap<>();
    }
  }

  private static Map<String, Object> object(Object value) {
    Map<String, Object> object = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, element) -> object.put(key.toString(), element));
    }
    return object;
  }

  /**
   * The same for models of the same operations on weights of the same shapes and types. Inputs and states don't count: what they hold, as the
   * rows of a source, differs from one use of a model to the next.
   */
  private static String fingerprint(Program program, WeightSource weights) {
    StringBuilder model = new StringBuilder();
    for (Step step : program.steps()) {
      model.append(step.operation());
      for (Value operand : step.operands()) {
        if (operand.isWeight()) {
          model.append(' ').append(operand.shape()).append(weights.find(operand.name()).map(Tensor::dtype).orElse(operand.dtype()));
        }
      }
      model.append('\n');
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(model.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
