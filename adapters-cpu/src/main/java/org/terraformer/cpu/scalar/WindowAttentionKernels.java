package org.terraformer.cpu.scalar;

import java.util.Map;
import java.util.stream.IntStream;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.RunCheck;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.AttentionWindow;
import org.terraformer.ports.operation.ChunkedAttention;
import org.terraformer.ports.operation.ChunkedAttentionGradient;
import org.terraformer.ports.operation.DroppedChunkedAttention;
import org.terraformer.ports.random.AttentionDropout;

/** Attention within a window of chunks. */
final class WindowAttentionKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "chunked_attention", WindowAttentionKernels::chunkedAttention,
      "dropped_chunked_attention", WindowAttentionKernels::droppedChunkedAttention,
      "chunked_attention_gradient", WindowAttentionKernels::chunkedAttentionGradient);

  private WindowAttentionKernels() {}

  private static ScalarKernel chunkedAttention(Step step) {
    ChunkedAttention operation = (ChunkedAttention) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        if (operation.window().causal()) {
          goOn(frame, operands, result, sequence, operation, keyWidth, valueWidth);
        } else {
          whole(frame, operands, result, sequence, operation.window(), operation.heads(), keyWidth, valueWidth, AttentionDropout.NONE);
        }
      }
    };
  }

  private static ScalarKernel droppedChunkedAttention(Step step) {
    DroppedChunkedAttention operation = (DroppedChunkedAttention) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        whole(frame, operands, result, sequence, operation.window(), operation.heads(), keyWidth, valueWidth, operation.dropout());
      }
    };
  }

  private static void goOn(Frame frame, ScalarTensor[] operands, ScalarTensor result, int sequence, ChunkedAttention operation,
      int keyWidth, int valueWidth) {
    int start = operands[3].getInt(sequence);
    RunCheck.checkPosition(frame.limits(), start, frame.length());
    long row = (long) sequence * frame.length();
    for (int head = 0; head < operation.heads(); head++) {
      HeadVectors keys = HeadVectors.ofCache(operands[4], frame, sequence, keyWidth, operation.heads(), head);
      HeadVectors values = HeadVectors.ofCache(operands[5], frame, sequence, valueWidth, operation.heads(), head);
      for (int t = 0; t < frame.length(); t++) {
        HeadVectors.of(operands[1], row, keyWidth, operation.heads(), head).copyTo(keys, t, start + t);
        HeadVectors.of(operands[2], row, valueWidth, operation.heads(), head).copyTo(values, t, start + t);
      }
      SeenKeys attention = new SeenKeys(operation.window(),
          HeadVectors.of(operands[0], row, keyWidth, operation.heads(), head), keys, values, SeenKeys.RowMask.NONE,
          SeenKeys.Factors.ONE);
      for (int t = 0; t < frame.length(); t++) {
        attention.attend(t, start + t, seen(operation.window(), start + t, start + frame.length()),
            HeadVectors.of(result, row, valueWidth, operation.heads(), head));
      }
    }
  }

  private static void whole(Frame frame, ScalarTensor[] operands, ScalarTensor result, int sequence, AttentionWindow window, int heads,
      int keyWidth, int valueWidth, AttentionDropout dropout) {
    long row = (long) sequence * frame.length();
    for (int head = 0; head < heads; head++) {
      SeenKeys attention = ofRun(operands, row, window, heads, head, keyWidth, valueWidth, 3, dropout);
      for (int t = 0; t < frame.length(); t++) {
        attention.attend(t, t, seen(window, t, frame.length()), HeadVectors.of(result, row, valueWidth, heads, head));
      }
    }
  }

  /**
   * The rows of a run as queries, keys and values.
   *
   * @param mask the operand with the mask, if there is one
   * @param dropout whose seed is the last operand, if weights are left out
   */
  static SeenKeys ofRun(ScalarTensor[] operands, long row, AttentionWindow window, int heads, int head, int keyWidth, int valueWidth,
      int mask, AttentionDropout dropout) {
    return new SeenKeys(window, HeadVectors.of(operands[0], row, keyWidth, heads, head),
        HeadVectors.of(operands[1], row, keyWidth, heads, head), HeadVectors.of(operands[2], row, valueWidth, heads, head),
        window.masked() ? position -> operands[mask].getInt(row + position) == 0 : SeenKeys.RowMask.NONE,
        SeenKeys.Factors.of(dropout, operands, row, heads, head));
  }

  /** The positions that a query sees: those of its window that are not later, if causal, else all of it, around the ends. */
  static int[] seen(AttentionWindow window, int position, int length) {
    if (window.causal()) {
      return IntStream.rangeClosed(window.firstSeen(position), position).toArray();
    }
    if (window.chunkLength() == 0) {
      return IntStream.range(0, length).toArray();
    }
    int size = window.chunkLength();
    int chunk = position / size;
    int chunks = Math.ceilDiv(length, size);
    return IntStream.rangeClosed(chunk - window.before(), chunk + window.after()).map(other -> Math.floorMod(other, chunks))
        .flatMap(other -> IntStream.range(other * size, Math.min(length, (other + 1) * size))).toArray();
  }

  private static ScalarKernel chunkedAttentionGradient(Step step) {
    ChunkedAttentionGradient operation = (ChunkedAttentionGradient) step.operation();
    int keyWidth = step.operands().get(1).width();
    int valueWidth = step.operands().get(2).width();
    return (frame, operands, result) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long row = (long) sequence * frame.length();
        for (int head = 0; head < operation.heads(); head++) {
          SeenKeys attention = ofRun(operands, row, operation.window(), operation.heads(), head, keyWidth, valueWidth, 4,
              operation.dropout());
          GradientRows gradients = new GradientRows(frame.length(), keyWidth / operation.heads(), valueWidth / operation.heads());
          for (int t = 0; t < frame.length(); t++) {
            attention.differentiate(t, seen(operation.window(), t, frame.length()),
                HeadVectors.of(operands[3], row, valueWidth, operation.heads(), head), gradients.dq, gradients.dk, gradients.dv);
          }
          gradients.write(result, row, operation.heads(), head);
        }
      }
    };
  }

  /** The gradients of one head, row by row. */
  static final class GradientRows {
    final double[][] dq;
    final double[][] dk;
    final double[][] dv;

    GradientRows(int length, int keySize, int valueSize) {
      dq = new double[length][keySize];
      dk = new double[length][keySize];
      dv = new double[length][valueSize];
    }

    /** Writes dq, dk and dv of all heads, one behind the other in each row. */
    void write(ScalarTensor result, long firstRow, int heads, int head) {
      int keySize = dq.length == 0 ? 0 : dq[0].length;
      int valueSize = dv.length == 0 ? 0 : dv[0].length;
      int width = heads * (2 * keySize + valueSize);
      for (int t = 0; t < dq.length; t++) {
        long at = (firstRow + t) * width;
        for (int i = 0; i < keySize; i++) {
          result.set(at + head * keySize + i, dq[t][i]);
          result.set(at + (heads + head) * keySize + i, dk[t][i]);
        }
        for (int i = 0; i < valueSize; i++) {
          result.set(at + 2L * heads * keySize + head * valueSize + i, dv[t][i]);
        }
      }
    }
  }
}
