package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;
import org.terraformer.ports.operation.LshAttention;

/**
 * From buckets to positions, in state: for each slot, head, round and bucket the latest position, and for each position and round
 * the one before it in the same bucket. Positions are stored plus one, so that zero is none.
 */
final class BucketIndex {
  private final int heads;
  private final int hashes;
  private final int buckets;
  private final int context;
  private final int most;
  private final long latest;
  private final long chains;

  /**
   * @param latest the address of the state with the latest positions, [slot][head][hash][bucket]
   * @param chains the address of the state with the positions before, [slot][head][position][hash]
   */
  BucketIndex(LshAttention operation, int buckets, int context, long latest, long chains) {
    this.heads = operation.heads();
    this.hashes = operation.hashes();
    this.buckets = buckets;
    this.context = context;
    this.most = operation.candidates();
    this.latest = latest;
    this.chains = chains;
  }

  /** Ints that {@link #candidates} needs: the positions and, behind them, a cursor for each round. */
  int scratchInts() {
    return most + hashes;
  }

  /** Forgets everything about a head. */
  void clear(Frame frame, int sequence, int head) {
    Memory.clear(latestOf(frame, sequence, head), 4L * hashes * buckets);
  }

  /** Adds a head's row, which is later than all before it. */
  void add(Frame frame, int sequence, int head, int position, long bucketsOfRow) {
    long latestOfHead = latestOf(frame, sequence, head);
    long chain = chainOf(frame, sequence, head, position);
    for (int hash = 0; hash < hashes; hash++) {
      long newest = latestOfHead + 4L * (hash * buckets + Memory.getInt(bucketsOfRow + 4L * hash));
      Memory.setInt(chain + 4L * hash, Memory.getInt(newest));
      Memory.setInt(newest, position + 1);
    }
  }

  /**
   * Writes the positions that the row added last sees: those that share a bucket with it, then the others, each the latest first.
   *
   * @return how many there are
   */
  int candidates(Frame frame, int sequence, int head, int position, long to) {
    long chainsOfHead = chainOf(frame, sequence, head, 0);
    long cursors = to + 4L * most;
    for (int hash = 0; hash < hashes; hash++) {
      Memory.setInt(cursors + 4L * hash, position + 1);
    }
    int alike = 0;
    for (int next = position + 1; next > 0 && alike < most; alike++) {
      Memory.setInt(to + 4L * alike, next - 1);
      long chain = chainsOfHead + 4L * hashes * (next - 1);
      int latestOfRest = 0;
      for (int hash = 0; hash < hashes; hash++) {
        int cursor = Memory.getInt(cursors + 4L * hash);
        if (cursor == next) {
          cursor = Memory.getInt(chain + 4L * hash);
          Memory.setInt(cursors + 4L * hash, cursor);
        }
        latestOfRest = Math.max(latestOfRest, cursor);
      }
      next = latestOfRest;
    }
    return fill(to, alike, position);
  }

  /** The latest positions that are not among the first ones, which go down. */
  private int fill(long to, int alike, int position) {
    int count = alike;
    int seen = 0;
    for (int other = position; other >= 0 && count < most; other--) {
      if (seen < alike && Memory.getInt(to + 4L * seen) == other) {
        seen++;
      } else {
        Memory.setInt(to + 4L * count++, other);
      }
    }
    return count;
  }

  private long latestOf(Frame frame, int sequence, int head) {
    return latest + 4L * ((long) (frame.firstSlot() + sequence) * heads + head) * hashes * buckets;
  }

  private long chainOf(Frame frame, int sequence, int head, int position) {
    return chains + 4L * (((long) (frame.firstSlot() + sequence) * heads + head) * context + position) * hashes;
  }
}
