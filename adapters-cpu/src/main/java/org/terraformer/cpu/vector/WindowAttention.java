package org.terraformer.cpu.vector;

import org.terraformer.cpu.run.Frame;

/**
 * Attention of one head of a sequence in windows: each round gives its largest score, its sum of weights and its weighted values.
 */
final class WindowAttention implements HeadTask {
  private static final int TOTAL = 4;
  private static final int SUMS = 8;

  private final ChunkWindows windows;
  private final int hashes;
  private final int valueSize;
  private final int mostRows;
  private final long y;

  WindowAttention(ChunkWindows windows, int hashes, int valueSize, int mostRows, long y) {
    this.windows = windows;
    this.hashes = hashes;
    this.valueSize = valueSize;
    this.mostRows = mostRows;
    this.y = y;
  }

  @Override
  public long scratchBytes() {
    return windows.scratchBytes() + (long) mostRows * hashes * partBytes();
  }

  private long partBytes() {
    return SUMS + 4L * valueSize;
  }

  @Override
  public void run(Frame frame, int sequence, int head, long buckets, long scratch) {
    long parts = scratch + windows.scratchBytes();
    windows.begin(frame, sequence, head, buckets, scratch);
    for (int chunk = 0; chunk < windows.chunks(); chunk++) {
      windows.gather(chunk);
      for (int place = windows.firstPlace(chunk); place < windows.endPlace(chunk); place++) {
        int entry = windows.entry(place);
        long part = parts + entry * partBytes();
        int row = entry % frame.length();
        long scores = windows.scores(row);
        float largest = Floats.largest(scores, windows.count());
        Memory.setFloat(part, largest);
        Memory.setFloat(part + TOTAL, Exponential.ofDifferences(scores, scores, windows.count(), largest));
        windows.draw(row);
        windows.drop(scores);
        AttentionVectors.weightedSum(false, scores, windows.values(), valueSize, windows.count(), part + SUMS);
      }
    }
    for (int row = 0; row < frame.length(); row++) {
      combine(parts + row * partBytes(), frame.length() * partBytes(), windows.vector(y, row, valueSize));
    }
  }

  /** The rounds of a row, weighted by their sums of weights. */
  private void combine(long part, long stride, long out) {
    float largest = Memory.getFloat(part);
    for (int hash = 1; hash < hashes; hash++) {
      largest = Math.max(largest, Memory.getFloat(part + hash * stride));
    }
    float total = 0;
    for (int hash = 0; hash < hashes; hash++) {
      total += (float) Math.exp(Memory.getFloat(part + hash * stride) - largest) * Memory.getFloat(part + hash * stride + TOTAL);
    }
    Floats.clear(out, valueSize);
    for (int hash = 0; hash < hashes; hash++) {
      float factor = (float) Math.exp(Memory.getFloat(part + hash * stride) - largest) / total;
      Floats.addMultiple(factor, part + hash * stride + SUMS, out, valueSize);
    }
  }
}
