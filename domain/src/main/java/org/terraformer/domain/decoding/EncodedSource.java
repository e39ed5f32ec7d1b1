package org.terraformer.domain.decoding;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Recorder;

/**
 * What an encoder made of a source, for decoders to read.
 *
 * @param length tokens of the source, without padding
 * @param rows for each output of the encoder, by name, a vector for each of these tokens
 */
public record EncodedSource(int length, Map<String, float[]> rows) {
  /** No source. */
  static final EncodedSource NONE = new EncodedSource(0, Map.of());

  public EncodedSource {
    rows = Map.copyOf(rows);
  }

  /**
   * The ids without the padding at their end.
   *
   * @throws InvalidInputException if there is nothing else
   */
  public static int[] withoutPadding(int[] ids, int paddingId) {
    int length = ids.length;
    while (length > 0 && ids[length - 1] == paddingId) {
      length--;
    }
    if (length == 0) {
      throw InvalidInputException.of("The source has no token besides padding (%d); at least one is needed.", paddingId);
    }
    return Arrays.copyOf(ids, length);
  }

  /**
   * Runs an encoder on a source. Padding between its tokens is masked and then left out.
   *
   * @param encoder prepared for as many rows as the source has tokens
   * @param ids the source without padding at its end
   */
  public static EncodedSource of(Executable encoder, int[] ids, int paddingId) {
    Program program = encoder.program();
    encoder.write(program.input(SourceModel.SOURCE), ids, ids.length);
    if (program.hasInput(Recorder.POSITIONS)) {
      encoder.write(program.input(Recorder.POSITIONS), new int[1], 1);
    }
    encoder.run(0, 1, ids.length, 0);
    Map<String, float[]> rows = new LinkedHashMap<>();
    int kept = (int) Arrays.stream(ids).filter(id -> id != paddingId).count();
    program.outputs().forEach((name, value) -> rows.put(name, visible(read(encoder, value, ids.length), value.width(), ids, paddingId, kept)));
    return new EncodedSource(kept, rows);
  }

  private static float[] read(Executable encoder, Value value, int rows) {
    if ((long) rows * value.width() > Integer.MAX_VALUE) {
      throw InvalidInputException.of("The source has %d tokens but at most %d are possible with vectors of %d numbers.",
          rows, Integer.MAX_VALUE / value.width(), value.width());
    }
    float[] all = new float[rows * value.width()];
    encoder.read(value, all, all.length);
    return all;
  }

  private static float[] visible(float[] all, int width, int[] ids, int paddingId, int kept) {
    if (kept == ids.length) {
      return all;
    }
    float[] some = new float[kept * width];
    int row = 0;
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] != paddingId) {
        System.arraycopy(all, i * width, some, row++ * width, width);
      }
    }
    return some;
  }

  /** The vectors of an output as a memory of several heads, [heads, tokens, size]. */
  float[] byHead(String name, int heads) {
    float[] all = rows.get(name);
    int size = all.length / length / heads;
    float[] memory = new float[all.length];
    for (int token = 0; token < length; token++) {
      for (int head = 0; head < heads; head++) {
        System.arraycopy(all, (token * heads + head) * size, memory, (head * length + token) * size, size);
      }
    }
    return memory;
  }
}
