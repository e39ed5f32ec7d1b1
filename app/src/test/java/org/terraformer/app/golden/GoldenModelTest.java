package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.BlockArgmax;
import org.terraformer.ports.progress.ProgressListener;

/** The recorded logits, losses and greedy outputs of the reference implementation's language models: groups e and g. */
@Tag("golden")
class GoldenModelTest {
  private static final Set<String> GROUPS = Set.of("e", "g");

  @TestFactory
  Stream<DynamicTest> modelsComputeWhatTheReferenceComputes() {
    return tests(GoldenBackends.all());
  }

  static Stream<DynamicTest> tests(List<Backend> backends) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (GROUPS.contains(golden.group()) && LeftOut.reason(golden.name()).isEmpty() && !golden.flatWeights().isEmpty()
          && !golden.layer().equals("ConfigurableTransformerEncoder")) {
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(), () -> check(golden, backend, TraxArrays.of(golden.name(), golden.flatWeights()))));
        }
      }
    }
    return tests.stream();
  }

  static void check(GoldenCase golden, Backend backend, TraxArrays arrays) {
    if (golden.has("inputs.source")) {
      GoldenSource.check(golden, backend, arrays);
      return;
    }
    ModelConfig config = TraxConfiguration.of(golden.layer(), golden.arguments());
    Program program = withChosenUnits(TransformerLm.record(config, GoldenLayers.TYPES));
    WeightSource weights = new TraxWeights(program).translate(
        arrays, TraxConfiguration.unusedArrays(golden.arguments()), Arena.ofAuto());
    int sequences = golden.axis("inputs.tokens", 0);
    int length = golden.axis("inputs.tokens", 1);
    ExecutionLimits limits = new ExecutionLimits(sequences, sequences * length, config.maxLength());
    try (Executable executable = backend.prepare(program, weights, limits, ProgressListener.NONE)) {
      float[] logits = wholeRun(golden, config, executable, sequences, length);
      GoldenRun.assertClose(golden, "outputs.logits", logits, golden.floats("outputs.logits"));
      for (int layer = 0; golden.has("outputs.quant_mask." + layer); layer++) {
        int[] chosen = new int[golden.ints("outputs.quant_mask." + layer).length];
        executable.read(program.output("chosen." + layer), chosen, chosen.length);
        assertThat(chosen).as("active units of sparse layer %d", layer).isEqualTo(golden.ints("outputs.quant_mask." + layer));
      }
      if (golden.has("outputs.decode_tokens")) {
        checkDecoding(golden, config, executable);
      }
      if (golden.has("outputs.beam_tokens")) {
        checkBeams(golden, config, executable);
      }
    }
  }

  /** The program with what its sparse layers choose as outputs, in the order in which they run. */
  static Program withChosenUnits(Program program) {
    Map<String, Value> outputs = new HashMap<>(program.outputs());
    int layers = 0;
    for (Step step : program.steps()) {
      if (step.operation() instanceof BlockArgmax) {
        outputs.put("chosen." + layers++, step.result());
      }
    }
    return new Program(program.values(), program.steps(), outputs);
  }

  private static void checkBeams(GoldenCase golden, ModelConfig config, Executable executable) {
    int beams = golden.axis("outputs.beam_tokens", 0);
    int steps = golden.axis("outputs.beam_tokens", 1);
    int[] prompt = prompt(golden, config, 0).stream().mapToInt(Integer::intValue).toArray();
    List<BeamSearch.Beam> found = new BeamSearch(new DecodingSession(executable, config.maxLength()))
        .search(prompt, beams, steps, 0, Set.of());
    float[] scores = new float[beams];
    for (int beam = 0; beam < beams; beam++) {
      assertThat(found.get(beam).ids()).as("beam %d", beam).containsExactly(
          Arrays.stream(golden.ints("outputs.beam_tokens"), beam * steps, (beam + 1) * steps).boxed().toArray(Integer[]::new));
      scores[beam] = (float) found.get(beam).score();
    }
    GoldenRun.assertClose(golden, "beam scores", scores, golden.floats("outputs.beam_scores"));
  }

  private static float[] wholeRun(GoldenCase golden, ModelConfig config, Executable executable, int sequences, int length) {
    Program program = executable.program();
    int[] shifted = shifted(golden.ints("inputs.tokens"), length, config.startId());
    executable.write(program.input(TransformerLm.TOKENS), shifted, shifted.length);
    executable.write(program.input("positions"), new int[sequences], sequences);
    executable.run(0, sequences, length, length);
    float[] logits = new float[sequences * length * config.vocabularySize()];
    executable.read(program.output(TransformerLm.LOGITS), logits, logits.length);
    return logits;
  }

  /** Each row of tokens behind the start id. */
  static int[] shifted(int[] tokens, int length, int startId) {
    int[] shifted = new int[tokens.length];
    for (int start = 0; start < tokens.length; start += length) {
      int[] row = TransformerLm.shiftRight(Arrays.copyOfRange(tokens, start, start + length), startId);
      System.arraycopy(row, 0, shifted, start, length);
    }
    return shifted;
  }

  private static void checkDecoding(GoldenCase golden, ModelConfig config, Executable executable) {
    int rows = golden.axis("outputs.decode_tokens", 0);
    DecodingSession session = new DecodingSession(executable, config.maxLength());
    for (int row = 0; row < rows; row++) {
      checkDecoding(golden, config, session, row, prompt(golden, config, row));
    }
  }

  /** Greedy decoding of one row: ids and, where they were recorded, the logits of each step. */
  static void checkDecoding(GoldenCase golden, ModelConfig config, DecodingSession session, int row, List<Integer> prompt) {
    int steps = golden.axis("outputs.decode_tokens", 1);
    List<Integer> generated = new Generator(session, Optional.empty())
        .generate(GenerationRequest.greedy(prompt, steps), TokenListener.NONE).getFirst().ids();
    int[] wanted = Arrays.copyOfRange(golden.ints("outputs.decode_tokens"), row * steps, (row + 1) * steps);
    assertThat(generated).as("%s row %d", golden, row).containsExactly(Arrays.stream(wanted).boxed().toArray(Integer[]::new));
    if (golden.has("outputs.decode_logits")) {
      checkDecodingLogits(golden, config, session, row, prompt, wanted);
    }
  }

  private static void checkDecodingLogits(
      GoldenCase golden, ModelConfig config, DecodingSession session, int row, List<Integer> prompt, int[] generated) {
    float[] logits = new float[config.vocabularySize()];
    float[] expected = golden.floats("outputs.decode_logits");
    session.reset(0);
    session.feed(0, prompt.stream().mapToInt(Integer::intValue).toArray(), prompt.size());
    for (int step = 0; step < generated.length; step++) {
      session.readLogits(logits, 1);
      int start = (row * generated.length + step) * logits.length;
      GoldenRun.assertClose(golden, "decode logits of step " + step, logits, Arrays.copyOfRange(expected, start, start + logits.length));
      session.step(0, 1, new int[] {generated[step]});
    }
  }

  static List<Integer> prompt(GoldenCase golden, ModelConfig config, int row) {
    List<Integer> prompt = new ArrayList<>(List.of(config.startId()));
    if (golden.has("inputs.decode_inputs")) {
      int length = golden.axis("inputs.decode_inputs", 1);
      for (int i = row * length; i < (row + 1) * length; i++) {
        prompt.add(golden.ints("inputs.decode_inputs")[i]);
      }
    }
    return prompt;
  }
}
