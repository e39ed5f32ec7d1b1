package org.terraformer.tornado.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.tensor.DType;

class KernelTaskTest {
  private static final ExecutionLimits LIMITS = new ExecutionLimits(2, 128, 2, 512, DType.F32);

  @Test
  void aRunOfOneRowOfEachSequenceIsAStepAndALongerOneAPrompt() {
    assertThat(Grid.of(0)).isEqualTo(Grid.STEP);
    assertThat(Grid.of(1)).isEqualTo(Grid.STEP);
    assertThat(Grid.of(2)).isEqualTo(Grid.PROMPT);
  }

  @Test
  void aStepHasAnItemForEachSequenceAndAPromptOneForEachRow() {
    assertThat(Work.items(Extent.ROW, LIMITS)).isEqualTo(new Work(2, 128));
    assertThat(Work.items(Extent.SEQUENCE, LIMITS)).isEqualTo(Work.always(2));
    assertThat(Work.items(Extent.KEPT_ROW, LIMITS)).isEqualTo(Work.always(2));
    assertThat(Work.items(Extent.FIXED, LIMITS)).isEqualTo(Work.always(1));
  }

  @Test
  void elementsHaveAThreadEachInEitherGrid() {
    KernelTask task = KernelTask.perElement(null, Work.items(Extent.ROW, LIMITS).times(100));
    assertThat(task.groups(Grid.STEP)).isEqualTo(4);
    assertThat(task.groups(Grid.PROMPT)).isEqualTo(200);
    assertThat(task.groupSize()).isEqualTo(64);
  }

  @Test
  void aRowHasAGroupUpToALimit() {
    assertThat(KernelTask.perRow(null, 0).groups(Grid.STEP)).isEqualTo(1);
    assertThat(KernelTask.perRow(null, Work.items(Extent.ROW, LIMITS)).groups(Grid.PROMPT)).isEqualTo(128);
    assertThat(KernelTask.perRow(null, 1_000_000).groups(Grid.PROMPT)).isEqualTo(1 << 16);
  }

  @Test
  void aCellHasOneGroupInAStepAndInAPromptAsManyAsKeepADeviceBusy() {
    Work items = Work.items(Extent.ROW, LIMITS);
    assertThat(KernelTask.perCell(null, 512, items).groups(Grid.STEP)).isEqualTo(512);
    assertThat(KernelTask.perCell(null, 512, items).groups(Grid.PROMPT)).isEqualTo(512 * 16);
    assertThat(KernelTask.perCell(null, 3, items).groups(Grid.PROMPT)).isEqualTo(3 * 128);
    assertThat(KernelTask.perCell(null, 32_000, items).groups(Grid.PROMPT)).isEqualTo(32_000);
  }
}
