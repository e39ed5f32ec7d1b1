package org.terraformer.domain.model;

import java.util.Arrays;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;

/**
 * Sources and targets laid out in the rows of one run, as a model that is recorded whole takes them. The transformer has both in its first rows;
 * the Terraformer has the target right behind the last token of the source that is no padding.
 *
 * @param length rows of each sequence
 * @param source ids of the source, padded to the length
 * @param tokens ids that the decoder is fed with: the start id, then the target without its last token
 * @param lengths source tokens of each sequence, without padding
 * @param behind whether the target is behind the source
 */
public record SourceTargetRows(int sequences, int length, int[] source, int[] tokens, int[] lengths, boolean behind) {

  /**
   * @param sources ids, sequence after sequence, of the same length each, padded at their ends
   * @param targets likewise
   */
  public static SourceTargetRows of(ModelConfig config, int sequences, int[] sources, int[] targets) {
    int sourceLength = sources.length / sequences;
    int targetLength = targets.length / sequences;
    boolean behind = config.architecture() instanceof Architecture.Terraformer;
    int length = behind ? sourceLength + targetLength : Math.max(sourceLength, targetLength);
    int[] lengths = new int[sequences];
    int[] source = filled(sequences * length, config.paddingId());
    int[] tokens = filled(sequences * length, config.paddingId());
    SourceTargetRows rows = new SourceTargetRows(sequences, length, source, tokens, lengths, behind);
    for (int sequence = 0; sequence < sequences; sequence++) {
      for (int t = 0; t < sourceLength; t++) {
        int id = sources[sequence * sourceLength + t];
        source[sequence * length + t] = id;
        lengths[sequence] = id == config.paddingId() ? lengths[sequence] : t + 1;
      }
      for (int t = 0; t < targetLength; t++) {
        tokens[rows.targetRow(sequence, t)] = t == 0 ? config.startId() : targets[sequence * targetLength + t - 1];
      }
    }
    return rows;
  }

  /** Some of the sequences. */
  public SourceTargetRows part(int first, int count) {
    int from = first * length;
    int to = from + count * length;
    return new SourceTargetRows(count, length, Arrays.copyOfRange(source, from, to), Arrays.copyOfRange(tokens, from, to),
        Arrays.copyOfRange(lengths, first, first + count), behind);
  }

  private static int[] filled(int count, int value) {
    int[] all = new int[count];
    Arrays.fill(all, value);
    return all;
  }

  /** The row of token t of a sequence's target, whose logits are those of that token. */
  public int targetRow(int sequence, int t) {
    return sequence * length + (behind ? lengths[sequence] : 0) + t;
  }

  /** Writes the inputs that only models with a source have. */
  public void write(Executable executable) {
    Program program = executable.program();
    executable.write(program.input(SourceModel.SOURCE), source, source.length);
    if (program.hasInput(SourceModel.SOURCE_LENGTHS)) {
      executable.write(program.input(SourceModel.SOURCE_LENGTHS), lengths, sequences);
    }
  }

  /** Integers for each target token, laid out likewise; zero elsewhere. */
  public int[] laidOut(int[] values) {
    int[] all = new int[sequences * length];
    int targetLength = values.length / sequences;
    for (int i = 0; i < values.length; i++) {
      all[targetRow(i / targetLength, i % targetLength)] = values[i];
    }
    return all;
  }

  /** Numbers for each target token, laid out likewise; zero elsewhere. */
  public float[] laidOut(float[] values) {
    float[] all = new float[sequences * length];
    int targetLength = values.length / sequences;
    for (int i = 0; i < values.length; i++) {
      all[targetRow(i / targetLength, i % targetLength)] = values[i];
    }
    return all;
  }
}
