package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.KeepLast;
import org.terraformer.ports.operation.LinearAttention;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * A language whose logits after a sequence of tokens are what a function says. It keeps, as its state, the tokens of each slot.
 */
final class ScriptedLanguage implements Executable {
  private final Program program;
  private final ExecutionLimits limits;
  private final Function<List<Integer>, float[]> logits;
  private final List<List<Integer>> slots = new ArrayList<>();
  private final List<String> runs = new ArrayList<>();
  private int[] tokens = {};
  private int[] positions = {};
  private float[] results = {};
  private int copies;

  ScriptedLanguage(int vocabulary, ExecutionLimits limits, Function<List<Integer>, float[]> logits) {
    this(limits, logits, program(vocabulary, false));
  }

  ScriptedLanguage(ExecutionLimits limits, Function<List<Integer>, float[]> logits, Program program) {
    this.program = program;
    this.limits = limits;
    this.logits = logits;
    for (int slot = 0; slot < limits.sequences(); slot++) {
      slots.add(new ArrayList<>());
    }
  }

  /** A language whose sequences have to start with one run. */
  static ScriptedLanguage startingWhole(int vocabulary, ExecutionLimits limits, Function<List<Integer>, float[]> logits) {
    return new ScriptedLanguage(limits, logits, program(vocabulary, true));
  }

  private static Program program(int vocabulary, boolean startsWhole) {
    Recorder recorder = new Recorder();
    Value ids = recorder.input("tokens", DType.I32, Extent.ROW);
    recorder.startPositions();
    Value rows = recorder.apply(new Embedding(), ids, recorder.matrix("weight", vocabulary, vocabulary));
    Value attended = startsWhole ? recorder.apply(new LinearAttention(1, false), rows, rows, rows) : rows;
    recorder.output("logits", recorder.apply(new KeepLast(), attended));
    return recorder.program();
  }

  /** A language of one slot for prompts of up to 8 rows at once. */
  static DecodingSession session(int vocabulary, int context, Function<List<Integer>, float[]> logits) {
    return session(vocabulary, context, 1, logits);
  }

  static DecodingSession session(int vocabulary, int context, int slots, Function<List<Integer>, float[]> logits) {
    ExecutionLimits limits = new ExecutionLimits(slots, Math.max(8, slots), context);
    return new DecodingSession(new ScriptedLanguage(vocabulary, limits, logits), context);
  }

  /** After token i comes token i + 1 and nothing else; the last is followed by the first. */
  static Function<List<Integer>, float[]> counting(int vocabulary) {
    return history -> {
      float[] row = new float[vocabulary];
      Arrays.fill(row, Float.NEGATIVE_INFINITY);
      row[(history.getLast() + 1) % vocabulary] = 0;
      return row;
    };
  }

  /** Logits that depend on every token so far and look random. */
  static Function<List<Integer>, float[]> tangled(int vocabulary, long seed) {
    return history -> {
      SplitMix64 random = new SplitMix64(seed, history.hashCode());
      float[] row = new float[vocabulary];
      for (int id = 0; id < vocabulary; id++) {
        row[id] = (float) (4 * random.nextDouble());
      }
      return row;
    };
  }

  /** What was run, as {@code first slot x sequences x length, kept}. */
  List<String> runs() {
    return runs;
  }

  /** How often the state of a slot was copied. */
  int copies() {
    return copies;
  }

  @Override
  public Program program() {
    return program;
  }

  @Override
  public ExecutionLimits limits() {
    return limits;
  }

  @Override
  public void write(Value input, int[] source, int count) {
    if (input.name().equals("tokens")) {
      tokens = Arrays.copyOf(source, count);
    } else {
      positions = Arrays.copyOf(source, count);
    }
  }

  @Override
  public void run(int firstSlot, int sequences, int length, int kept) {
    if (sequences * length > limits.rows() || sequences * kept > limits.kept() || tokens.length != sequences * length || positions.length != sequences) {
      throw new IllegalStateException("%d x %d rows do not fit".formatted(sequences, length));
    }
    runs.add("%d x %d x %d, %d".formatted(firstSlot, sequences, length, kept));
    int vocabulary = program.output("logits").width();
    results = new float[sequences * kept * vocabulary];
    for (int sequence = 0; sequence < sequences; sequence++) {
      List<Integer> history = new ArrayList<>(slots.get(firstSlot + sequence).subList(0, positions[sequence]));
      for (int t = 0; t < length; t++) {
        history.add(tokens[sequence * length + t]);
        int row = sequence * kept + t - (length - kept);
        if (t >= length - kept) {
          System.arraycopy(logits.apply(List.copyOf(history)), 0, results, row * vocabulary, vocabulary);
        }
      }
      if (history.size() > limits.contextLength()) {
        throw new IllegalStateException("%d tokens do not fit the context".formatted(history.size()));
      }
      slots.set(firstSlot + sequence, history);
    }
  }

  @Override
  public void read(Value output, float[] destination, int count) {
    System.arraycopy(results, 0, destination, 0, count);
  }

  @Override
  public void copySlot(int from, int to, int count) {
    copies++;
    slots.set(to, new ArrayList<>(slots.get(from).subList(0, count)));
  }

  @Override
  public void write(Value input, float[] source, int count) {
    throw new IllegalArgumentException(input + " holds no floats");
  }

  @Override
  public void read(Value output, int[] destination, int count) {
    throw new IllegalArgumentException(output + " holds no integers");
  }

  @Override
  public void weightsChanged() {
    throw new UnsupportedOperationException();
  }

  @Override
  public long weightBytesPerToken() {
    return 0;
  }

  @Override
  public void close() {
    slots.clear();
  }
}
