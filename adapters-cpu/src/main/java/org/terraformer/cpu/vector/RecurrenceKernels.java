package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.kernel.Step;

/** The simple recurrence and its gradient: channels do not depend on each other, so that workers take ranges of them. */
final class RecurrenceKernels {
  private static final float ROOT_OF_THREE = (float) Math.sqrt(3);

  private RecurrenceKernels() {}

  static CpuKernel forward(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int width = result.width();
    long x = operands[0].address();
    long gates = operands[1].address();
    long starts = operands[2].address();
    long state = operands[3].address();
    long y = result.address();
    return PartsKernel.columns(width, 0, (frame, from, to, scratch) -> {
      for (int row = 0; row < frame.rows(); row++) {
        int sequence = row / frame.length();
        boolean first = Memory.getInt(starts + 4L * sequence) + row % frame.length() == 0;
        for (int i = from; i < to; i++) {
          long carryAt = state + 4L * ((long) (frame.firstSlot() + sequence) * width + i);
          long gate = gates + 4L * (3L * row * width + i);
          float reset = sigmoid(Memory.getFloat(gate));
          float forget = sigmoid(Memory.getFloat(gate + 4L * width));
          float carry = forget * (first ? 0 : Memory.getFloat(carryAt)) + (1 - forget) * Memory.getFloat(gate + 8L * width);
          Memory.setFloat(carryAt, carry);
          long at = 4L * ((long) row * width + i);
          Memory.setFloat(y + at, reset * carry + ROOT_OF_THREE * (1 - reset) * Memory.getFloat(x + at));
        }
      }
    });
  }

  /** Goes through each sequence twice: forwards for what was carried, backwards for the gradients. */
  static CpuKernel gradient(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int width = operands[0].width();
    long x = operands[0].address();
    long gates = operands[1].address();
    long upstream = operands[2].address();
    long y = result.address();
    long longest = Math.min(site.limits().rows(), site.limits().contextLength());
    return PartsKernel.columns(width, 4L * (longest + 1), (frame, from, to, scratch) -> {
      for (int sequence = 0; sequence < frame.sequences(); sequence++) {
        long first = (long) sequence * frame.length() * width;
        for (int i = from; i < to; i++) {
          carry(gates + 4L * (3 * first + i), frame.length(), width, scratch);
          differentiate(x + 4L * (first + i), gates + 4L * (3 * first + i), upstream + 4L * (first + i), frame.length(), width, scratch,
              y + 4L * (4 * first + i));
        }
      }
    });
  }

  /** Writes what one channel carries before each row and after the last. */
  private static void carry(long gates, int length, int width, long to) {
    float carry = 0;
    Memory.setFloat(to, carry);
    for (int t = 0; t < length; t++) {
      long gate = gates + 12L * t * width;
      float forget = sigmoid(Memory.getFloat(gate + 4L * width));
      carry = forget * carry + (1 - forget) * Memory.getFloat(gate + 8L * width);
      Memory.setFloat(to + 4L * (t + 1), carry);
    }
  }

  private static void differentiate(long x, long gates, long upstream, int length, int width, long carries, long to) {
    float carried = 0;
    for (int t = length - 1; t >= 0; t--) {
      long gate = gates + 12L * t * width;
      float reset = sigmoid(Memory.getFloat(gate));
      float forget = sigmoid(Memory.getFloat(gate + 4L * width));
      float input = Memory.getFloat(gate + 8L * width);
      float u = Memory.getFloat(upstream + 4L * t * width);
      float a = carried + u * reset;
      long out = to + 16L * t * width;
      Memory.setFloat(out, u * ROOT_OF_THREE * (1 - reset));
      float shown = Memory.getFloat(carries + 4L * (t + 1)) - ROOT_OF_THREE * Memory.getFloat(x + 4L * t * width);
      Memory.setFloat(out + 4L * width, u * shown * reset * (1 - reset));
      Memory.setFloat(out + 8L * width, a * (Memory.getFloat(carries + 4L * t) - input) * forget * (1 - forget));
      Memory.setFloat(out + 12L * width, a * (1 - forget));
      carried = a * forget;
    }
  }

  private static float sigmoid(float x) {
    return (float) (1 / (1 + Math.exp(-x)));
  }
}
