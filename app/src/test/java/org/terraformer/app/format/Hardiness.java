package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import net.jqwik.api.statistics.Statistics;
import org.terraformer.ports.failure.InvalidInputException;

/** What a reader owes to a damaged file: it reads it or refuses it with a sentence, soon, and takes little memory for it. */
public final class Hardiness {
  /** How many damaged files each reader is given. */
  public static final int FILES = 10_000;

  private static final long MOST_BYTES = 64L << 20;
  private static final int PATIENCE_IN_SECONDS = 30;
  private static final ExecutorService READING = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());

  /** Reads bytes; throws {@link InvalidInputException} or nothing. */
  @FunctionalInterface
  public interface Reader {
    void read(byte[] bytes) throws Exception;
  }

  private record Outcome(Throwable thrown, long allocatedBytes) {}

  private Hardiness() {}

  /** For a property: fails where the reader does not behave; of all its tries, some hundred must be refused. */
  public static void check(Reader reader, DamagedFile file) throws InterruptedException {
    Outcome outcome = outcome(reader, file.bytes());
    assertThat(outcome.allocatedBytes).as("bytes allocated").isLessThan(MOST_BYTES);
    if (outcome.thrown instanceof InvalidInputException e) {
      assertThat(e.getMessage()).isNotBlank().hasLineCount(1);
    } else if (outcome.thrown != null) {
      throw new AssertionError("not a sentence", outcome.thrown);
    }
    Statistics.label("damaged files").collect(outcome.thrown == null ? "read" : "refused");
    Statistics.label("damaged files").coverage(coverage -> coverage.check("refused").count(count -> count >= FILES / 20));
  }

  private static Outcome outcome(Reader reader, byte[] bytes) throws InterruptedException {
    try {
      return READING.submit(() -> {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getCurrentThreadAllocatedBytes();
        Throwable thrown = null;
        try {
          reader.read(bytes);
        } catch (Exception | StackOverflowError | OutOfMemoryError e) {
          thrown = e;
        }
        return new Outcome(thrown, threads.getCurrentThreadAllocatedBytes() - before);
      }).get(PATIENCE_IN_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("still reading after %d seconds".formatted(PATIENCE_IN_SECONDS), e);
    }
  }
}
