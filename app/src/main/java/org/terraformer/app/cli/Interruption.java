package org.terraformer.app.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C. The JVM then runs its shutdown hooks while the program goes on; ours asks the work to stop, waits until it has
 * cleaned up, and lets the JVM end with the signal's exit code.
 */
final class Interruption {
  static final int EXIT_CODE = 130;

  private static final int USUAL_PATIENCE_SECONDS = 10;

  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile boolean requested;
  private volatile boolean attended;
  private volatile int patienceSeconds = USUAL_PATIENCE_SECONDS;

  /** Says that the work in hand was stopped. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StoppedException() {
      super("interrupted");
    }
  }

  /** From now on a signal stops the work, not the program. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::awaitEnd, "interruption"));
  }

  private void awaitEnd() {
    requested = true;
    if (attended) {
      try {
        finished.await(patienceSeconds, TimeUnit.SECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Promises that the work asks again and again whether to stop; before that, nothing is waited for. */
  void attend() {
    attended = true;
  }

  /** As {@link #attend()}, of work that takes longer to save what it has. */
  void attend(int seconds) {
    patienceSeconds = seconds;
    attend();
  }

  void request() {
    requested = true;
  }

  boolean requested() {
    return requested;
  }

  /** All is cleaned up. */
  void finish() {
    finished.countDown();
  }
}
