package org.terraformer.app.text;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class CharacterMapTest {
  private static final int FIRST_LETTER = 256 ^ 'A';

  private static byte[] withUnit(int index, int unit) {
    byte[] map = SmallVocabularies.characterMap();
    ByteBuffer.wrap(map).order(ByteOrder.LITTLE_ENDIAN).putInt(4 + 4 * index, unit);
    return map;
  }

  private static void assertRefused(byte[] map, String reason) {
    assertThatThrownBy(() -> CharacterMap.check("pieces", map)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The normalisation rules in pieces are damaged: %s.".formatted(reason));
  }

  @Test
  void aGoodMapIsAccepted() {
    assertThatCode(() -> CharacterMap.check("pieces", SmallVocabularies.characterMap())).doesNotThrowAnyException();
  }

  @Test
  void aStepOutOfTheTrieIsRefused() {
    assertRefused(withUnit(FIRST_LETTER, 4096 << 10 | 'A'), "unit 321 leads out of the trie");
  }

  @Test
  void aStepBackIsRefused() {
    assertRefused(withUnit(FIRST_LETTER, (FIRST_LETTER ^ 256) << 10 | 'A'), "unit 321 leads back to where it came from");
  }

  @Test
  void aReplacementThatDoesNotExistIsRefused() {
    assertRefused(withUnit(512, 0x80000000 | 5), "unit 321 names a replacement that does not exist");
  }

  @Test
  void sizesThatDoNotFitAreRefused() {
    assertRefused(new byte[3], "its sizes are wrong");
    assertRefused(withUnit(-1, 4 * 1280 + 1), "its sizes are wrong");
    assertRefused(withUnit(-1, -1024), "its sizes are wrong");
  }
}
