package org.terraformer.app.format;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/**
 * A good file to which something was done.
 *
 * @param edits what was done, in order
 */
public record DamagedFile(byte[] bytes, List<Edit> edits) {
  private static final byte[][] PIECES = {{-1, -1, -1, -1}, {0, 0, 0, 0, 0, 0, 0, -128}, {127, -1, -1, -1, -1, -1, -1, -1},
      "99999999999999999999".getBytes(), "-1".getBytes(), "[[[[[[[[".getBytes(),
      "{\"a\":".getBytes(), "null".getBytes(), "\"".getBytes()};

  /** Ways to damage a file. */
  enum Kind { CUT, INSERT, REPLACE, REPEAT, CHANGE, CHANGE_AGAIN }

  /**
   * One way to damage a file, anywhere.
   *
   * @param place modulo the size, where
   * @param value which piece is inserted, how many bytes are repeated, or what a byte becomes
   */
  record Edit(Kind kind, int place, int value) {
    private byte[] appliedTo(byte[] bytes) {
      if (bytes.length == 0) {
        return bytes;
      }
      int at = place % bytes.length;
      byte[] piece = PIECES[value % PIECES.length];
      return switch (kind) {
        case CUT -> Arrays.copyOf(bytes, at);
        case INSERT -> splice(bytes, at, piece, 0);
        case REPLACE -> splice(bytes, at, piece, 4);
        case REPEAT -> splice(bytes, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1 + value % 64)), 0);
        case CHANGE, CHANGE_AGAIN -> splice(bytes, at, new byte[] {(byte) value}, 1);
      };
    }

    private static byte[] splice(byte[] bytes, int at, byte[] piece, int replaced) {
      int rest = Math.min(bytes.length, at + replaced);
      byte[] result = new byte[at + piece.length + bytes.length - rest];
      System.arraycopy(bytes, 0, result, 0, at);
      System.arraycopy(piece, 0, result, at, piece.length);
      System.arraycopy(bytes, rest, result, at + piece.length, bytes.length - rest);
      return result;
    }
  }

  /** Damaged versions of good files, each with one edit to three. */
  public static Arbitrary<DamagedFile> of(byte[]... good) {
    Arbitrary<Edit> edit = Combinators.combine(Arbitraries.of(Kind.class), upTo(1 << 30), upTo(255)).as(Edit::new);
    return Combinators.combine(Arbitraries.of(good), edit.list().ofMinSize(1).ofMaxSize(3)).as(DamagedFile::damaged);
  }

  private static Arbitrary<Integer> upTo(int most) {
    return Arbitraries.integers().between(0, most).withDistribution(RandomDistribution.uniform());
  }

  private static DamagedFile damaged(byte[] good, List<Edit> edits) {
    byte[] bytes = good;
    for (Edit edit : edits) {
      bytes = edit.appliedTo(bytes);
    }
    return new DamagedFile(bytes, edits);
  }

  @Override
  public String toString() {
    return "%d bytes, %s".formatted(bytes.length, edits);
  }
}
