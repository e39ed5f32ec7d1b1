package org.terraformer.domain.random;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The generator MT19937 (Matsumoto and Nishimura, 1998), seeded and read as Python's {@code random.Random} does it, so that its permutations
 * are those that the reference implementation draws.
 */
public final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[SIZE];
  private int next = SIZE;

  /** A generator seeded with a small number, as {@code init_by_array} does with one key. */
  public MersenneTwister(int seed) {
    fill(19_650_218);
    int index = 1;
    for (int i = 0; i < SIZE; i++) {
      state[index] = (state[index] ^ (state[index - 1] ^ state[index - 1] >>> 30) * 1_664_525) + seed;
      index = advance(index);
    }
    for (int i = 0; i < SIZE - 1; i++) {
      state[index] = (state[index] ^ (state[index - 1] ^ state[index - 1] >>> 30) * 1_566_083_941) - index;
      index = advance(index);
    }
    state[0] = 0x80000000;
  }

  private void fill(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1_812_433_253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
  }

  private int advance(int index) {
    if (index + 1 == SIZE) {
      state[0] = state[SIZE - 1];
      return 1;
    }
    return index + 1;
  }

  /** The next 32 bits. */
  public int nextInt() {
    if (next == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        int bits = state[i] & 0x80000000 | state[(i + 1) % SIZE] & 0x7FFFFFFF;
        state[i] = state[(i + SHIFT) % SIZE] ^ bits >>> 1 ^ ((bits & 1) == 0 ? 0 : 0x9908B0DF);
      }
      next = 0;
    }
    int bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= bits << 7 & 0x9D2C5680;
    bits ^= bits << 15 & 0xEFC60000;
    return bits ^ bits >>> 18;
  }

  /** The next whole number from 0 to {@code bound - 1}: as many upper bits as the bound has, until they are less. */
  public int nextInt(int bound) {
    int shift = Integer.numberOfLeadingZeros(bound);
    int number;
    do {
      number = nextInt() >>> shift;
    } while (number >= bound);
    return number;
  }

  /** The numbers from 0 to {@code count - 1} in an order that was drawn (Fisher and Yates, from the end). */
  public List<Integer> permutation(int count) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, count).boxed().toList());
    for (int i = count - 1; i > 0; i--) {
      Collections.swap(order, i, nextInt(i + 1));
    }
    return List.copyOf(order);
  }
}
