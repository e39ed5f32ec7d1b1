package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.kernel.KernelSite;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/** Sums over all items of a run, column by column: gradients of biases, scales, gates and tables. */
final class ItemSums {
  private ItemSums() {}

  static CpuKernel sumOverItems(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int size = result.width();
    long x = operands[0].address();
    return new ColumnSums(operands[0], result, site, 0, (from, to, sums, scratch) -> {
      int vector = from;
      for (; vector + ColumnSums.TOGETHER <= to; vector += ColumnSums.TOGETHER) {
        Elements.addFour(x + 4L * vector * size, 4L * size, sums, size);
      }
      for (; vector < to; vector++) {
        Elements.add(x + 4L * vector * size, sums, sums, size);
      }
    });
  }

  static CpuKernel channelScaleGradient(Step step, CpuTensor[] operands, CpuTensor result, KernelSite site) {
    int size = result.width();
    long a = operands[0].address();
    long b = operands[1].address();
    return new ColumnSums(operands[0], result, site, 0, (from, to, sums, scratch) -> {
      for (long at = 4L * from * size; at < 4L * to * size; at += 4L * size) {
        Elements.addProducts(a + at, b + at, sums, size);
      }
    });
  }

  static CpuKernel gateGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    int all = result.width();
    int size = (int) step.result().shape().columns();
    Extent extent = operands[0].value().extent();
    long upstream = operands[0].address();
    long x = operands[1].address();
    long y = result.address();
    return PartsKernel.columns(all, (frame, from, to, scratch) -> {
      int items = frame.items(extent);
      Floats.clear(y + 4L * from, to - from);
      for (int item = 0; item < items; item++) {
        for (int gate = from; gate < to; ) {
          int end = Math.min(to, (gate / size + 1) * size);
          Elements.addProducts(upstream + 4L * ((long) item * all + gate), x + 4L * ((long) item * size + gate % size), y + 4L * gate,
              end - gate);
          gate = end;
        }
      }
    });
  }

  static CpuKernel embeddingGradient(Step step, CpuTensor[] operands, CpuTensor result) {
    long rows = step.result().shape().axis(0);
    int width = (int) step.result().shape().columns();
    int idsPerItem = operands[0].width();
    Extent extent = operands[0].value().extent();
    long ids = operands[0].address();
    long upstream = operands[1].address();
    long y = result.address();
    return PartsKernel.columns(width, (frame, from, to, scratch) -> {
      for (long row = 0; row < rows; row++) {
        Floats.clear(y + 4L * (row * width + from), to - from);
      }
      long count = (long) frame.items(extent) * idsPerItem;
      for (long i = 0; i < count; i++) {
        long target = y + 4L * (Math.clamp(Memory.getInt(ids + 4L * i), 0, rows - 1) * width + from);
        Elements.add(upstream + 4L * (i * width + from), target, target, to - from);
      }
    });
  }
}
