package org.terraformer.cpu.scalar;

import java.util.Map;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.operation.PositionDigits;
import org.terraformer.ports.operation.PositionEquals;
import org.terraformer.ports.operation.PositionIndex;
import org.terraformer.ports.operation.RandomStart;
import org.terraformer.ports.operation.Rotary;
import org.terraformer.ports.operation.Sinusoid;

/** Where rows stand, and features made of that. */
final class PositionKernels {
  private static final double SINUSOID_BASE = 10_000;

  static final Map<String, ScalarKernelFactory> ALL = Map.of(
      "row_positions", step -> (frame, operands, result) -> {
        for (int row = 0; row < frame.rows(); row++) {
          result.setInt(row, operands[0].getInt(row / frame.length()) + row % frame.length());
        }
      },
      "random_start", step -> {
        RandomStart operation = (RandomStart) step.operation();
        boolean ofSequence = step.operands().get(1).extent() == Extent.SEQUENCE;
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.rows(); row++) {
            long draws = ofSequence ? (long) row / frame.length() * RandomStart.DRAWS : 0;
            result.setInt(row, operation.at(operands[0].getInt(row), (float) operands[1].get(draws), (float) operands[1].get(draws + 1),
                (float) operands[1].get(draws + 2)));
          }
        };
      },
      "position_index", step -> {
        PositionIndex operation = (PositionIndex) step.operation();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.items(step.result().extent()); row++) {
            result.setInt(row, operands[0].getInt(row) / operation.stride() % operation.size());
          }
        };
      },
      "position_digits", step -> {
        PositionDigits operation = (PositionDigits) step.operation();
        int bases = operation.bases().size();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.items(step.result().extent()); row++) {
            for (int base = 0; base < bases; base++) {
              int rest = operands[0].getInt(row);
              for (int digit = 0; digit < operation.digits(); digit++) {
                result.set(((long) row * operation.digits() + digit) * bases + base, rest % operation.bases().get(base));
                rest /= operation.bases().get(base);
              }
            }
          }
        };
      },
      "position_equals", step -> {
        int position = ((PositionEquals) step.operation()).position();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.items(step.result().extent()); row++) {
            result.set(row, operands[0].getInt(row) == position ? 1 : 0);
          }
        };
      },
      "sinusoid", step -> {
        int width = ((Sinusoid) step.operation()).width();
        return (frame, operands, result) -> {
          for (int row = 0; row < frame.items(step.result().extent()); row++) {
            for (int i = 0; i < width / 2; i++) {
              double angle = operands[0].getInt(row) * Math.pow(SINUSOID_BASE, -2.0 * i / width);
              result.set((long) row * width + i, Math.sin(angle));
              result.set((long) row * width + width / 2 + i, Math.cos(angle));
            }
          }
        };
      },
      "drifting_sinusoid", DriftingSinusoidKernel::new,
      "rotary", step -> {
        double base = ((Rotary) step.operation()).base();
        int size = (int) step.result().shape().columns();
        int vectors = step.result().width() / size;
        return (frame, operands, result) -> {
          for (long vector = 0; vector < (long) frame.items(step.result().extent()) * vectors; vector++) {
            int position = operands[1].getInt(vector / vectors);
            for (int i = 0; i < size / 2; i++) {
              double angle = position * Math.pow(base, -2.0 * i / size);
              long low = vector * size + i;
              long high = low + size / 2;
              double first = operands[0].get(low);
              double second = operands[0].get(high);
              result.set(low, first * Math.cos(angle) - second * Math.sin(angle));
              result.set(high, second * Math.cos(angle) + first * Math.sin(angle));
            }
          }
        };
      });

  private PositionKernels() {}
}
