package org.terraformer.domain.evaluation;

import java.util.Arrays;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.recording.Recorder;

/**
 * Runs an {@link EvaluationProgram} on sequences, each from its start. Not thread-safe; a result is valid until the next run.
 */
public final class Scorer {
  private final Executable executable;
  private final int startId;
  private final int vocabularySize;
  private final int[] inputs;
  private final int[] targets;
  private final float[] losses;
  private final int[] predictions;

  /**
   * @param executable of an {@link EvaluationProgram}
   * @param startId what every sequence begins with
   */
  public Scorer(Executable executable, int startId, int vocabularySize) {
    int rows = executable.limits().rows();
    this.executable = executable;
    this.startId = startId;
    this.vocabularySize = vocabularySize;
    this.inputs = new int[rows];
    this.targets = new int[rows];
    this.losses = new float[rows];
    this.predictions = new int[rows];
  }

  /** The most sequences of a run. */
  public int sequences() {
    return executable.limits().sequences();
  }

  /** The most tokens of a run, over all its sequences. */
  public int rows() {
    return executable.limits().rows();
  }

  /** The most tokens of one sequence. */
  public int longest() {
    return Math.min(executable.limits().rows(), executable.limits().contextLength());
  }

  /**
   * Scores the last tokens of some sequences of equal length, given those before them.
   *
   * @param tokens of the sequences, one sequence after another
   * @param kept how many of each sequence are scored
   * @throws InvalidInputException if a token is not in the vocabulary or the sequences do not fit the executable
   */
  public void run(int[] tokens, int sequences, int length, int kept) {
    requireFits(sequences, length);
    int target = 0;
    for (int sequence = 0; sequence < sequences; sequence++) {
      for (int i = 0; i < length; i++) {
        int at = sequence * length + i;
        if (tokens[at] < 0 || tokens[at] >= vocabularySize) {
          throw InvalidInputException.of("The token id %d is not in the vocabulary, whose ids are 0 to %d.", tokens[at],
              vocabularySize - 1);
        }
        inputs[at] = i == 0 ? startId : tokens[at - 1];
        if (i >= length - kept) {
          targets[target++] = tokens[at];
        }
      }
    }
    execute(sequences, length, kept);
  }

  /**
   * Scores targets behind their sources.
   *
   * @param wanted the target of each row
   * @throws InvalidInputException if the rows do not fit the executable
   */
  public void run(SourceTargetRows rows, int[] wanted) {
    requireFits(rows.sequences(), rows.length());
    System.arraycopy(rows.tokens(), 0, inputs, 0, rows.tokens().length);
    System.arraycopy(wanted, 0, targets, 0, wanted.length);
    rows.write(executable);
    execute(rows.sequences(), rows.length(), rows.length());
  }

  private void requireFits(int sequences, int length) {
    if (sequences < 1 || length < 1 || sequences > sequences() || (long) sequences * length > rows()) {
      throw InvalidInputException.of("%d sequences of %d tokens do not fit %d sequences and %d tokens.", sequences, length,
          sequences(), rows());
    }
  }

  private void execute(int sequences, int length, int kept) {
    Program program = executable.program();
    executable.write(program.input(TransformerLm.TOKENS), inputs, sequences * length);
    executable.write(program.input(EvaluationProgram.TARGETS), targets, sequences * kept);
    if (program.hasInput(Recorder.POSITIONS)) {
      executable.write(program.input(Recorder.POSITIONS), new int[sequences], sequences);
    }
    executable.run(0, sequences, length, kept);
    executable.read(program.output(EvaluationProgram.LOSS), losses, sequences * kept);
    executable.read(program.output(EvaluationProgram.PREDICTION), predictions, sequences * kept);
  }

  /** The negative log-probability of scored token number {@code index} over all sequences of the run, in nats. */
  public double loss(int index) {
    return losses[index];
  }

  /** Whether the most likely token was the one that came. */
  public boolean predicted(int index) {
    return predictions[index] == targets[index];
  }

  /** The sum of the first losses. */
  public double sum(int count) {
    double sum = 0;
    for (float loss : Arrays.copyOf(losses, count)) {
      sum += loss;
    }
    return sum;
  }
}
