package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.terraformer.ports.failure.InvalidInputException;

/** Feeds a reader with many damaged versions of good files. */
public final class Mutations {
  private static final int CASES = 10_000;
  private static final long MOST_BYTES = 64L << 20;
  private static final byte[][] SPLICES = {{-1, -1, -1, -1}, {0, 0, 0, 0, 0, 0, 0, -128}, {127, -1, -1, -1, -1, -1, -1, -1},
      "99999999999999999999".getBytes(), "-1".getBytes(), "[[[[[[[[".getBytes(), "{\"a\":".getBytes(), "null".getBytes(), "\"".getBytes()};

  /** Reads bytes; throws {@link InvalidInputException} or nothing. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] bytes) throws Exception;
  }

  private Mutations() {}

  /** Every version is read or refused with a sentence, and costs little memory; gives the number of refused ones. */
  public static int refused(long seed, Reader reader, byte[]... good) throws Exception {
    Random random = new Random(seed);
    int refused = 0;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (int i = 0; i < CASES; i++) {
      byte[] bytes = mutate(good[random.nextInt(good.length)], random);
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        reader.read(bytes);
      } catch (InvalidInputException e) {
        assertThat(e.getMessage()).as("case %d of seed %d", i, seed).isNotBlank();
        refused++;
      } catch (Exception | StackOverflowError e) {
        throw new AssertionError("case %d of seed %d".formatted(i, seed), e);
      }
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).as("bytes allocated in case %d of seed %d", i, seed)
          .isLessThan(MOST_BYTES);
    }
    return refused;
  }

  private static byte[] mutate(byte[] good, Random random) {
    byte[] bytes = good.clone();
    for (int times = 1 + random.nextInt(3); times > 0 && bytes.length > 0; times--) {
      int at = random.nextInt(bytes.length);
      bytes = switch (random.nextInt(6)) {
        case 0 -> Arrays.copyOf(bytes, at);
        case 1 -> splice(bytes, at, SPLICES[random.nextInt(SPLICES.length)], 0);
        case 2 -> splice(bytes, at, SPLICES[random.nextInt(SPLICES.length)], 4);
        case 3 -> splice(bytes, at, Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(64))), 0);
        default -> {
          bytes[at] = (byte) random.nextInt(256);
          yield bytes;
        }
      };
    }
    return bytes;
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
