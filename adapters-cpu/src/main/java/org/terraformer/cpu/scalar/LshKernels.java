package org.terraformer.cpu.scalar;

import java.util.Comparator;
import java.util.Map;
import java.util.stream.IntStream;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.DroppedLshAttention;
import org.terraformer.ports.operation.Gaussian;
import org.terraformer.ports.operation.LshAttention;
import org.terraformer.ports.operation.LshAttentionGradient;
import org.terraformer.ports.operation.LshBuckets;
import org.terraformer.ports.random.AttentionDropout;

/**
 * Attention among rows that share buckets. Instead of an index, the chains hold the buckets of all positions, and a row of
 * decoding looks at every one of them.
 */
final class LshKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "lsh_buckets", LshKernels::buckets,
      "lsh_attention", LshKernels::attention,
      "dropped_lsh_attention", LshKernels::droppedAttention,
      "lsh_attention_gradient", LshKernels::gradient,
      "gaussian", step -> (frame, operands, result) -> {
        for (long i = 0; i < (long) frame.items(step.result().extent()) * step.result().width(); i++) {
          result.set(i, Gaussian.of(operands[0].get(2 * i), operands[0].get(2 * i + 1)));
        }
      });

  private LshKernels() {}

  private static ScalarKernel buckets(Step step) {
    LshBuckets operation = (LshBuckets) step.operation();
    int width = step.operands().getFirst().width();
    int size = width / operation.heads();
    int columns = operation.columns();
    int cells = operation.heads() * operation.hashes();
    double[] fixed = operation.drawn() ? null : fixedRotations(operation, width);
    boolean ofSequence = operation.drawn() && step.operands().get(1).extent() == Extent.SEQUENCE;
    return (frame, operands, result) -> {
      double[] products = new double[columns];
      for (int row = 0; row < frame.rows(); row++) {
        boolean hidden = operation.masked() && operands[operands.length - 1].getInt(row) == 0;
        long rotations = ofSequence ? (long) row / frame.length() * width * operation.hashes() * columns : 0;
        for (int cell = 0; cell < cells; cell++) {
          int head = cell / operation.hashes();
          int hash = cell % operation.hashes();
          for (int column = 0; column < columns; column++) {
            products[column] = 0;
            for (int i = 0; i < size; i++) {
              long at = (((long) head * size + i) * operation.hashes() + hash) * columns + column;
              products[column] += operands[0].get((long) row * width + head * size + i)
                  * (fixed == null ? operands[1].get(rotations + at) : fixed[(int) at]);
            }
          }
          result.setInt((long) row * cells + cell, hidden ? operation.buckets() : bucket(operation, products));
        }
      }
    };
  }

  private static double[] fixedRotations(LshBuckets operation, int width) {
    double[] rotations = new double[Math.multiplyExact(width, operation.hashes() * operation.columns())];
    for (int i = 0; i < rotations.length; i++) {
      rotations[i] = operation.rotation(i);
    }
    return rotations;
  }

  private static int bucket(LshBuckets operation, double[] products) {
    int bucket = 0;
    int digit = 1;
    int first = 0;
    for (int factor : operation.factors()) {
      int best = 0;
      for (int choice = 1; choice < factor; choice++) {
        if (side(products, first, choice, factor) > side(products, first, best, factor)) {
          best = choice;
        }
      }
      bucket += best * digit;
      digit *= factor;
      first += factor / 2;
    }
    return bucket;
  }

  /** One of the products or, behind them, of their negatives. */
  private static double side(double[] products, int first, int choice, int factor) {
    return choice < factor / 2 ? products[first + choice] : -products[first + choice - factor / 2];
  }

  private static ScalarKernel attention(Step step) {
    LshAttention operation = (LshAttention) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        int start = operation.window().causal() ? operands[4].getInt(sequence) : 0;
        if (operation.window().causal()) {
          RunCheck.checkPosition(frame.limits(), start, frame.length());
          remember(frame, operands, sequence, start, operation, keyWidth, valueWidth);
        }
        for (int head = 0; head < operation.heads(); head++) {
          attend(frame, operands, result, sequence, start, operation, head, keyWidth, valueWidth);
        }
      }
    };
  }

  private static ScalarKernel droppedAttention(Step step) {
    DroppedLshAttention dropped = (DroppedLshAttention) step.operation();
    LshAttention operation = dropped.attention();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      boolean standard = operation.standard(0, frame.length());
      AttentionWindow window = standard ? operation.standardWindow() : operation.window();
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long row = (long) sequence * frame.length();
        for (int head = 0; head < operation.heads(); head++) {
          SeenKeys attention = ofRun(operands, row, operation, window, standard, head, keyWidth, valueWidth, 4, dropped.dropout());
          int[][] windows = standard ? null : windows(operands[3], row, frame.length(), operation, head);
          for (int t = 0; t < frame.length(); t++) {
            attention.attend(t, t, standard ? WindowAttentionKernels.seen(window, t, frame.length()) : windows[t],
                HeadVectors.of(result, row, valueWidth, operation.heads(), head));
          }
        }
      }
    };
  }

  private static void remember(Frame frame, ScalarTensor[] operands, int sequence, int start, LshAttention operation, int keyWidth,
      int valueWidth) {
    int heads = operation.heads();
    int hashes = operation.hashes();
    boolean mixed = operation.standardLength() > 0;
    long row = (long) sequence * frame.length();
    for (int head = 0; head < heads; head++) {
      HeadVectors keys = HeadVectors.ofCache(operands[5], frame, sequence, keyWidth, heads, head);
      HeadVectors values = HeadVectors.ofCache(operands[6], frame, sequence, valueWidth, heads, head);
      for (int t = 0; t < frame.length(); t++) {
        HeadVectors.of(operands[mixed ? 0 : 1], row, keyWidth, heads, head).copyTo(keys, t, start + t);
        HeadVectors.of(operands[2], row, valueWidth, heads, head).copyTo(values, t, start + t);
        for (int hash = 0; hash < hashes && !mixed; hash++) {
          operands[8].setInt((keys.firstRow() + start + t) * hashes + hash, operands[3].getInt(((row + t) * heads + head) * hashes + hash));
        }
      }
    }
  }

  private static void attend(Frame frame, ScalarTensor[] operands, ScalarTensor result, int sequence, int start, LshAttention operation,
      int head, int keyWidth, int valueWidth) {
    long row = (long) sequence * frame.length();
    boolean standard = operation.standard(start, frame.length());
    boolean cached = start > 0 || operation.window().causal() && frame.length() == 1;
    HeadVectors keys = cached ? HeadVectors.ofCache(operands[5], frame, sequence, keyWidth, operation.heads(), head) : null;
    AttentionWindow window = standard ? operation.standardWindow() : operation.window();
    SeenKeys attention = cached
        ? new SeenKeys(window, HeadVectors.of(operands[0], row, keyWidth, operation.heads(), head),
            keys, HeadVectors.ofCache(operands[6], frame, sequence, valueWidth, operation.heads(), head), SeenKeys.RowMask.NONE,
            SeenKeys.Factors.ONE)
        : ofRun(operands, row, operation, window, standard, head, keyWidth, valueWidth, 4, AttentionDropout.NONE);
    int[][] windows = standard || cached ? null : windows(operands[3], row, frame.length(), operation, head);
    for (int t = 0; t < frame.length(); t++) {
      int[] seen = standard ? WindowAttentionKernels.seen(window, start + t, frame.length())
          : cached ? candidates(operands[8], keys.firstRow(), start + t, operation) : windows[t];
      attention.attend(t, start + t, seen, HeadVectors.of(result, row, valueWidth, operation.heads(), head));
    }
  }

  private static SeenKeys ofRun(ScalarTensor[] operands, long row, LshAttention operation, AttentionWindow window, boolean standard,
      int head, int keyWidth, int valueWidth, int mask, AttentionDropout dropout) {
    ScalarTensor[] used = operands.clone();
    used[1] = operands[standard ? 0 : 1];
    return WindowAttentionKernels.ofRun(used, row, window, operation.heads(), head, keyWidth, valueWidth, mask, dropout);
  }

  /** For each row of a whole sequence the rows in the windows around its places in the sorted rounds. */
  private static int[][] windows(ScalarTensor buckets, long row, int length, LshAttention operation, int head) {
    int hashes = operation.hashes();
    int[] order = IntStream.range(0, hashes * length).boxed().sorted(Comparator
        .<Integer>comparingInt(entry -> entry / length)
        .thenComparingInt(entry -> buckets.getInt(((row + entry % length) * operation.heads() + head) * hashes + entry / length))
        .thenComparingInt(entry -> entry % length)).mapToInt(Integer::intValue).toArray();
    AttentionWindow around = new AttentionWindow(
        operation.window().chunkLength(), operation.window().before(), operation.window().after(), false, false, false);
    int[][] windows = new int[length][0];
    for (int place = 0; place < order.length; place++) {
      int[] seen = IntStream.of(WindowAttentionKernels.seen(around, place, order.length)).map(other -> order[other] % length).toArray();
      int t = order[place] % length;
      windows[t] = IntStream.concat(IntStream.of(windows[t]), IntStream.of(seen)).toArray();
    }
    return windows;
  }

  /**
   * The positions that a decoded row sees: those that share a bucket with it, then the others, the latest first.
   *
   * @param first where the head's buckets of position 0 are among those of all positions
   */
  private static int[] candidates(ScalarTensor buckets, long first, int position, LshAttention operation) {
    return IntStream.rangeClosed(0, position).boxed()
        .sorted(Comparator.<Integer, Boolean>comparing(other -> !alike(buckets, first + position, first + other, operation.hashes()))
            .thenComparing(Comparator.reverseOrder()))
        .limit(operation.candidates()).mapToInt(Integer::intValue).toArray();
  }

  private static boolean alike(ScalarTensor buckets, long one, long other, int hashes) {
    return IntStream.range(0, hashes).anyMatch(hash -> buckets.getInt(one * hashes + hash) == buckets.getInt(other * hashes + hash));
  }

  private static ScalarKernel gradient(Step step) {
    LshAttentionGradient differentiated = (LshAttentionGradient) step.operation();
    LshAttention operation = differentiated.attention();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    int heads = operation.heads();
    return (frame, operands, result) -> {
      boolean standard = operation.standard(0, frame.length());
      AttentionWindow window = standard ? operation.standardWindow() : operation.window();
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long row = (long) sequence * frame.length();
        for (int head = 0; head < heads; head++) {
          SeenKeys attention = ofRun(operands, row, operation, window, standard, head, keyWidth, valueWidth, 5, differentiated.dropout());
          WindowAttentionKernels.GradientRows gradients =
              new WindowAttentionKernels.GradientRows(frame.length(), keyWidth / heads, valueWidth / heads);
          int[][] windows = standard ? null : windows(operands[4], row, frame.length(), operation, head);
          for (int t = 0; t < frame.length(); t++) {
            // Where the queries are the keys, what the keys get is the queries' as well.
            attention.differentiate(t, standard ? WindowAttentionKernels.seen(window, t, frame.length()) : windows[t],
                HeadVectors.of(operands[3], row, valueWidth, heads, head), gradients.dq, standard ? gradients.dq : gradients.dk, gradients.dv);
          }
          gradients.write(result, row, heads, head);
        }
      }
    };
  }
}
