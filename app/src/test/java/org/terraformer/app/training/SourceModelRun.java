package org.terraformer.app.training;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/** A run of the training program of a model that reads a source, on random words, each of them source and target. */
final class SourceModelRun {
  private static final int SEQUENCES = 2;
  private static final int WORD = 6;

  private SourceModelRun() {}

  /** The weighted losses of a run whose draws are those of a seed, and the gradients of all weights by name. */
  static Map<String, float[]> of(TrainingProgram training, ModelConfig config, NamedTensors weights, Backend backend, long seed) {
    Program program = training.program();
    SplittableRandom random = new SplittableRandom(seed);
    int[] words = random.ints(SEQUENCES * WORD, 1, config.vocabularySize()).toArray();
    words[WORD - 1] = config.paddingId();
    SourceTargetRows rows = SourceTargetRows.of(config, SEQUENCES, words, words);
    int count = SEQUENCES * rows.length();
    try (Executable executable = backend.prepare(
        program, weights, new ExecutionLimits(SEQUENCES, count, rows.length()), ProgressListener.NONE)) {
      executable.write(program.input(TransformerLm.TOKENS), rows.tokens(), count);
      executable.write(program.input(TrainingProgram.TARGETS), rows.laidOut(words), count);
      float[] ones = new float[words.length];
      Arrays.fill(ones, 1);
      float[] lossWeights = rows.laidOut(ones);
      executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), lossWeights, count);
      executable.write(program.input(Recorder.POSITIONS), new int[SEQUENCES], SEQUENCES);
      if (program.hasInput(SeededChance.SEED)) {
        executable.write(program.input(SeededChance.SEED), new int[] {(int) seed}, 1);
      }
      rows.write(executable);
      executable.run(0, SEQUENCES, rows.length(), rows.length());
      Map<String, float[]> found = new HashMap<>();
      float[] losses = read(executable, program.output(TrainingProgram.LOSS), count);
      for (int row = 0; row < count; row++) {
        losses[row] *= lossWeights[row];
      }
      found.put(TrainingProgram.LOSS, losses);
      training.gradients().forEach((name, gradient) -> found.put(name, read(executable, gradient, gradient.width())));
      return found;
    }
  }

  private static float[] read(Executable executable, Value value, int count) {
    float[] values = new float[count];
    executable.read(value, values, count);
    return values;
  }
}
