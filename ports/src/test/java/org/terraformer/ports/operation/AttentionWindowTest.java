package org.terraformer.ports.operation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AttentionWindowTest {

  @Test
  void aCausalQuerySeesItsChunkAndThoseBeforeItFromTheirFirstRowOn() {
    AttentionWindow window = new AttentionWindow(4, 1, 0, true, false, false);
    assertThat(window.firstSeen(3)).isZero();
    assertThat(window.firstSeen(7)).isZero();
    assertThat(window.firstSeen(8)).isEqualTo(4);
    assertThat(AttentionWindow.whole(true, false, false).firstSeen(1000)).isZero();
  }

  @Test
  void aWindowLargerThanAnySequenceBeginsWithTheSequence() {
    AttentionWindow window = new AttentionWindow(65_536, 40_000, 0, true, false, false);
    assertThat(window.firstSeen(100)).isZero();
    assertThat(window.firstSeen(Integer.MAX_VALUE)).isZero();
  }
}
