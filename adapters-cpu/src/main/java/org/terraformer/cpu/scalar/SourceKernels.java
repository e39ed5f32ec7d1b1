package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.operation.MemoryAttention;
import org.terraformer.ports.operation.SourceRows;

/** Operations of models that read a source: its rows, attention to it, its mean. */
final class SourceKernels {
  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "target_positions", step -> (frame, operands, result) -> {
        for (int row = 0; row < frame.rows(); row++) {
          result.setInt(row, Math.max(0, operands[0].getInt(row) - operands[1].getInt(row / frame.length())));
        }
      },
      "source_rows", step -> {
        boolean source = ((SourceRows) step.operation()).source();
        int width = step.result().width();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.rows(); row++) {
            boolean kept = operands[1].getInt(row) < operands[2].getInt(row / frame.length()) == source;
            for (long i = (long) row * width; i < (row + 1L) * width; i++) {
              result.set(i, kept ? operands[0].get(i) : 0);
            }
          }
        };
      },
      "memory_attention", SourceKernels::memoryAttention,
      "sequence_mean", step -> {
        int width = step.result().width();
        return (frame, operands, result) -> {
          for (int i = 0; i < frame.sequences() * width; i++) {
            double sum = 0;
            for (int t = 0; t < frame.length(); t++) {
              sum += operands[0].get(((long) (i / width) * frame.length() + t) * width + i % width);
            }
            result.set(i, sum / frame.length());
          }
        };
      },
      "sequence_mean_gradient", step -> {
        int width = step.result().width();
        return (frame, operands, result) -> {
          for (long i = 0; i < (long) frame.rows() * width; i++) {
            result.set(i, operands[0].get(i / width / frame.length() * width + i % width) / frame.length());
          }
        };
      });

  private SourceKernels() {}

  private static ScalarKernel memoryAttention(Step step) {
    int heads = ((MemoryAttention) step.operation()).heads();
    int tokens = step.operands().get(1).shape().intAxis(1);
    int keySize = step.operands().get(1).shape().intAxis(2);
    int valueSize = step.operands().get(2).shape().intAxis(2);
    DotProductAttention queries = new DotProductAttention();
    return (frame, operands, result) -> {
      for (int item = 0; item < frame.rows() * heads; item++) {
        int head = item % heads;
        queries.attend(operands[0], (long) item * keySize, keySize, operands[1], (long) head * tokens * keySize, keySize,
            operands[2], (long) head * tokens * valueSize, valueSize, result, (long) item * valueSize, valueSize, tokens, null, 0);
      }
    };
  }
}
