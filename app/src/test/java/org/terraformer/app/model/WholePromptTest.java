package org.terraformer.app.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import org.terraformer.cpu.CpuBackend;
import org.terraformer.cpu.CpuKernels;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.EncodedSource;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/** Models that hash: what they make of a prompt when they generate is what they make of it when they are evaluated, however long it is. */
class WholePromptTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final int VOCABULARY = 13;
  private static final int CONTEXT = 320;
  private static final int PROMPT = 300;
  private static final int LATER = 20;

  private final Backend backend = new CpuBackend(CpuKernels.all(), ScalarKernels.all(), 2);

  enum Hashing {
    LSH(Map.of("type", "lsh", "heads", 2, "hashes", 2, "buckets", 8, "chunk_length", 16)),
    PURE_LSH(Map.of("type", "pure_lsh", "heads", 2, "buckets", List.of(4, 4), "chunk_length", 8)),
    MIXED(Map.of("type", "pure_lsh", "heads", 2, "buckets", 8, "chunk_length", 16, "standard_length", 200));

    private final Map<String, Object> attention;

    Hashing(Map<String, Object> attention) {
      this.attention = attention;
    }

    private ModelConfig config(String modelType) {
      Map<String, Object> map = new LinkedHashMap<>(Map.of("model_type", modelType, "vocabulary_size", VOCABULARY, "width", 16, "blocks", 2,
          "max_length", CONTEXT, "positions", Map.of("type", "learned", "initial_amplitude", 1), "attention", attention,
          "feed_forward", Map.of("type", "dense", "hidden_size", 16), "logits", Map.of("type", "dense")));
      if (modelType.equals("terraformer")) {
        map.put("encoder", Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2)));
        map.put("attention_layers", 1);
      }
      return ModelConfig.fromMap(map);
    }
  }

  @ParameterizedTest
  @EnumSource
  void theLogitsAfterALongPromptAreThoseOfOneWholeRun(Hashing hashing, @TempDir Path folder) {
    ModelConfig config = hashing.config("transformer_lm");
    Program program = Models.record(config, TYPES);
    NamedTensors weights = new RandomModels(3).weights(program, DType.F32);
    new ModelFolder(folder).write(config, weights, ProgressListener.NONE);
    int[] prompt = tokens(PROMPT);
    float[] whole = wholeRun(program, weights, prompt);
    try (LanguageModel model = LanguageModel.load(folder, Settings.DEFAULT.withBackend("cpu").withThreads(2))) {
      Sample sample = model.generate(new GenerationRequest(Arrays.stream(prompt).boxed().toList(), 1, Sampling.GREEDY, Set.of(), List.of(), 0, 1,
          true), TokenListener.NONE).getFirst();
      assertThat(sample.logProbabilities().getFirst()).isCloseTo(logProbability(whole, sample.ids().getFirst()), within(1e-4));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatIsFedBehindAPromptGetsTheSameLogitsInPiecesOfAnySize(Hashing hashing) {
    Program program = Models.record(hashing.config("transformer_lm"), TYPES);
    NamedTensors weights = new RandomModels(4).weights(program, DType.F32);
    float[] together = fed(program, weights, LATER);
    for (int piece : new int[] {1, 3, 7}) {
      assertClose(fed(program, weights, piece), together);
    }
  }

  @Test
  void ofATerraformerTheSourceAndThePromptAreOneRun() {
    ModelConfig config = Hashing.LSH.config("terraformer");
    SourceModel model = SourceModel.of(config, TYPES);
    int[] source = Arrays.stream(tokens(40)).map(id -> 1 + id % (VOCABULARY - 1)).toArray();
    int[] prompt = tokens(150);
    prompt[0] = config.startId();
    Program whole = Models.record(config, TYPES);
    NamedTensors weights = new RandomModels(5).weights(whole, DType.F32);
    float[] found = new float[VOCABULARY];
    EncodedSource encoded;
    try (Executable encoder = backend.prepare(model.encoder(), weights, new ExecutionLimits(1, 40, 40), ProgressListener.NONE)) {
      encoded = EncodedSource.of(encoder, source, config.paddingId());
    }
    Program decoder = model.decoder(source.length);
    ExecutionLimits limits = DecodingSession.limits(decoder, 1, source.length + CONTEXT, DType.F32);
    try (Executable executable = backend.prepare(decoder, weights, limits, ProgressListener.NONE)) {
      DecodingSession session = new DecodingSession(executable, CONTEXT);
      session.read(encoded);
      session.feed(0, prompt, prompt.length);
      session.readLogits(found, 1);
    }
    // What a target's row is fed with is the token before it, so that the last one is of no meaning here.
    int[] target = Arrays.copyOf(Arrays.copyOfRange(prompt, 1, prompt.length), prompt.length);
    SourceTargetRows rows = SourceTargetRows.of(config, 1, source, target);
    try (Executable executable = backend.prepare(whole, weights, new ExecutionLimits(1, rows.length(), rows.length()), ProgressListener.NONE)) {
      rows.write(executable);
      assertClose(found, run(executable, rows.tokens()));
    }
  }

  /** The logits after a prompt that is fed at once, and later tokens in pieces. */
  private float[] fed(Program program, NamedTensors weights, int piece) {
    int[] prompt = tokens(PROMPT);
    int[] later = tokens(LATER);
    float[] logits = new float[VOCABULARY];
    try (Executable executable = backend.prepare(program, weights, DecodingSession.limits(program, 1, CONTEXT, DType.F32), ProgressListener.NONE)) {
      DecodingSession session = new DecodingSession(executable, CONTEXT);
      session.feed(0, prompt, PROMPT);
      for (int done = 0; done < LATER; done += piece) {
        int[] some = Arrays.copyOfRange(later, done, Math.min(LATER, done + piece));
        session.feed(0, some, some.length);
      }
      session.readLogits(logits, 1);
    }
    return logits;
  }

  private float[] wholeRun(Program program, NamedTensors weights, int[] tokens) {
    ExecutionLimits limits = new ExecutionLimits(1, tokens.length, tokens.length);
    try (Executable executable = backend.prepare(program, weights, limits, ProgressListener.NONE)) {
      return run(executable, tokens);
    }
  }

  private static float[] run(Executable executable, int[] tokens) {
    Program program = executable.program();
    executable.write(program.input(TransformerLm.TOKENS), tokens, tokens.length);
    executable.write(program.input(Recorder.POSITIONS), new int[1], 1);
    executable.run(0, 1, tokens.length, 1);
    float[] logits = new float[VOCABULARY];
    executable.read(program.output(TransformerLm.LOGITS), logits, VOCABULARY);
    return logits;
  }

  private static int[] tokens(int count) {
    return new SplittableRandom(count).ints(count, 0, VOCABULARY).toArray();
  }

  private static double logProbability(float[] logits, int id) {
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit);
    }
    return logits[id] - Math.log(sum);
  }

  private static void assertClose(float[] found, float[] expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(found[i]).isCloseTo(expected[i], within(1e-4f));
    }
  }
}
