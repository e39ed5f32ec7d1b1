package org.terraformer.ports.text;

/** The token ids of a text, which may be too many for an array. */
public interface TokenSequence {

  long length();

  /** Copies the ids {@code from} to {@code from + count - 1} into an array at an index. */
  void copy(long from, int[] destination, int at, int count);

  /** Ids in an array, which is not copied. */
  static TokenSequence of(int[] ids) {
    return new TokenSequence() {
      @Override
      public long length() {
        return ids.length;
      }

      @Override
      public void copy(long from, int[] destination, int at, int count) {
        System.arraycopy(ids, Math.toIntExact(from), destination, at, count);
      }
    };
  }

  /** A part of this sequence. */
  default TokenSequence part(long start, long end) {
    TokenSequence whole = this;
    return new TokenSequence() {
      @Override
      public long length() {
        return end - start;
      }

      @Override
      public void copy(long from, int[] destination, int at, int count) {
        whole.copy(start + from, destination, at, count);
      }
    };
  }
}
