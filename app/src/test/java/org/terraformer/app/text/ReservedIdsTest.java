package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.terraformer.ports.text.Tokenizer;

class ReservedIdsTest {
  private final Tokenizer bytes = new ByteTokenizer();
  private final Tokenizer behind = new ReservedIds(bytes, 100);

  @Test
  void idsBeginBehindTheReservedOnes() {
    int[] ids = bytes.encode("so");
    assertThat(behind.encode("so")).containsExactly(ids[0] + 100, ids[1] + 100);
    assertThat(behind.vocabularySize()).isEqualTo(bytes.vocabularySize() + 100);
    assertThat(behind.endId().isPresent()).isEqualTo(bytes.endId().isPresent());
  }

  @Test
  void reservedIdsStandForNoText() {
    int[] ids = behind.encode("so");
    assertThat(behind.decode(new int[] {0, ids[0], 1, 99, ids[1]})).isEqualTo("so");
  }
}
