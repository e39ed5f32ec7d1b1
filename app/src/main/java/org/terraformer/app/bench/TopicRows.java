package org.terraformer.app.bench;

import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * Rows whose vectors point in few directions, as those of trained models do: each head of a row is one of 512 random directions,
 * plus noise, so that two rows of the same direction are at an angle of 27 degrees. Attention by hashing presumes such rows: that
 * few keys have most of the weight.
 */
final class TopicRows {
  private static final int TOPICS = 512;
  private static final double NOISE = 0.35;
  private static final double GAIN = 1.5;

  private final RandomGenerator random = new SplittableRandom(5);
  private final float[][] topics;
  private final int size;
  private final int heads;

  TopicRows(int heads, int size) {
    this.heads = heads;
    this.size = size;
    this.topics = new float[heads * TOPICS][size];
    for (float[] topic : topics) {
      for (int i = 0; i < size; i++) {
        topic[i] = (float) random.nextGaussian();
      }
    }
  }

  /** The next rows, one after another. */
  float[] next(int rows) {
    float[] x = new float[rows * heads * size];
    for (int vector = 0; vector < rows * heads; vector++) {
      float[] direction = topics[vector % heads * TOPICS + random.nextInt(TOPICS)];
      for (int i = 0; i < size; i++) {
        x[vector * size + i] = (float) (GAIN * (direction[i] + NOISE * random.nextGaussian()));
      }
    }
    return x;
  }
}
