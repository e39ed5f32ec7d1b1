package org.terraformer.cpu.vector;

import org.terraformer.cpu.kernel.CpuKernel;
import org.terraformer.cpu.kernel.CpuTensor;
import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Step;

/**
 * Rows of a table. Workers take ranges of ids.
 */
final class EmbeddingKernel implements CpuKernel {
  private final MatrixRows rows;
  private final int columns;
  private final long tableRows;
  private final int idsPerItem;
  private final Extent extent;
  private final long ids;
  private final long y;

  EmbeddingKernel(Step step, CpuTensor[] operands, CpuTensor result) {
    this.rows = MatrixRows.of(operands[1]);
    this.columns = Math.toIntExact(operands[1].value().shape().columns());
    this.tableRows = operands[1].value().shape().axis(0);
    this.idsPerItem = operands[0].width();
    this.extent = step.result().extent();
    this.ids = operands[0].address();
    this.y = result.address();
  }

  @Override
  public void run(int phase, Frame frame, int worker, int workers) {
    int count = frame.items(extent) * idsPerItem;
    for (int i = Share.from(count, worker, workers); i < Share.to(count, worker, workers); i++) {
      long row = Math.clamp(Memory.getInt(ids + 4L * i), 0, tableRows - 1);
      rows.read(row, 0, columns, y + 4L * i * columns);
    }
  }
}
