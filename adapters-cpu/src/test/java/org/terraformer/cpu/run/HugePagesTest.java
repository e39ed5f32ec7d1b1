package org.terraformer.cpu.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class HugePagesTest {
  private static final long LARGE = (20L << 20) + 12;

  @Test
  void memoryHasTheSizeAskedForAndIsZeros() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(LARGE, 64, arena);
      assertThat(memory.byteSize()).isEqualTo(LARGE);
      assertThat(memory.address() % 64).isZero();
      assertThat(memory.mismatch(arena.allocate(LARGE))).isEqualTo(-1);
    }
  }

  @Test
  void allOfItCanBeWritten() {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment memory = HugePages.allocate(LARGE, 64, arena).fill((byte) 7);
      assertThat(memory.get(ValueLayout.JAVA_BYTE, LARGE - 1)).isEqualTo((byte) 7);
    }
  }

  @Test
  void memoryEndsWithItsArena() {
    MemorySegment memory;
    try (Arena arena = Arena.ofShared()) {
      memory = HugePages.allocate(LARGE, 64, arena);
    }
    assertThatThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void littleMemoryIsTheArenasOwn() {
    try (Arena arena = Arena.ofShared()) {
      assertThat(HugePages.allocate(12, 64, arena).byteSize()).isEqualTo(12);
    }
  }

  @Test
  void memoryThatNoMachineHasIsRefused() {
    try (Arena arena = Arena.ofShared()) {
      assertThatThrownBy(() -> HugePages.allocate(1L << 55, 64, arena)).isInstanceOf(OutOfMemoryError.class);
    }
  }
}
