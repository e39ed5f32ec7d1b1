package org.terraformer.cpu.run;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed crew of threads that do the same work in lock-step: every worker runs the task and they meet at its barriers. The caller is
 * worker 0. Between runs the others spin for a moment, then sleep, so that an idle crew costs nothing.
 */
public final class ThreadCrew implements AutoCloseable {
  private static final int SPINS_BEFORE_SLEEP = 20_000;
  private static final int MOST_SPINS_BEFORE_YIELD = 10_000;
  private static final int FEWEST_SPINS_BEFORE_YIELD = 64;
  private static final VarHandle ARRIVED = handle("arrived", int.class);
  private static final VarHandle ROUND = handle("round", int.class);
  private static final VarHandle STARTED = handle("started", int.class);

  /** What all workers do; it calls {@link ThreadCrew#meet} at the same places in each of them. */
  @FunctionalInterface
  public interface Task {
    void run(int worker);
  }

  private final Task task;
  private final Thread[] threads;
  private final boolean[] asleep;
  private final Claims claims;
  // How long waiting at barriers has paid of late. All workers share it; a lost update does no harm.
  private int patience = MOST_SPINS_BEFORE_YIELD;
  private int arrived;
  private int round;
  private int started;
  private volatile boolean closed;
  private volatile Throwable failure;

  /**
   * @param workers threads in all, the caller included
   */
  public ThreadCrew(int workers, Task task) {
    this.task = task;
    this.threads = new Thread[workers - 1];
    this.asleep = new boolean[workers - 1];
    this.claims = new Claims(workers);
    for (int i = 0; i < threads.length; i++) {
      int worker = i + 1;
      threads[i] = new Thread(() -> live(worker), "terraformer-worker-" + worker);
      threads[i].setDaemon(true);
    }
    try {
      for (Thread thread : threads) {
        thread.start();
      }
    } catch (OutOfMemoryError e) {
      close();
      throw e;
    }
  }

  public int workers() {
    return threads.length + 1;
  }

  /** Whether a worker has failed in this run; the others then only keep step. */
  public boolean failed() {
    return failure != null;
  }

  /** Runs the task once in all workers and returns when all have ended it. */
  public void run() {
    failure = null;
    if (threads.length > 0) {
      STARTED.setVolatile(this, started + 1);
      for (int i = 0; i < threads.length; i++) {
        if (sleeping(i)) {
          LockSupport.unpark(threads[i]);
        }
      }
    }
    work(0);
    meet();
    Throwable thrown = failure;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /**
   * Waits until all workers are here: spinning, since the others are near, and giving way where another process has their processor.
   * A wait that was too long halves the spinning of the next ones, one that was not doubles it, so that a busy machine isn't
   * kept from running the very thread that is waited for.
   */
  public void meet() {
    if (threads.length == 0) {
      return;
    }
    int here = (int) ROUND.getAcquire(this);
    if ((int) ARRIVED.getAndAdd(this, 1) == threads.length) {
      ARRIVED.setOpaque(this, 0);
      ROUND.setRelease(this, here + 1);
      return;
    }
    int enough = patience;
    int spins = 0;
    while ((int) ROUND.getAcquire(this) == here) {
      if (spins < enough) {
        spins++;
        Thread.onSpinWait();
      } else {
        Thread.yield();
      }
    }
    if (spins == enough) {
      patience = Math.max(FEWEST_SPINS_BEFORE_YIELD, enough >> 1);
    } else if (enough < MOST_SPINS_BEFORE_YIELD) {
      patience = Math.min(MOST_SPINS_BEFORE_YIELD, enough << 1);
    }
  }

  /** Remembers the first failure of a run, which is the cause of those that follow it. */
  public synchronized void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
  }

  /**
   * Takes the next piece, from 0 on, of a worker's share of the work between two meetings. Who is asked for has no part in it: a worker that
   * has done its own share takes what is left of another's.
   */
  public int claim(int owner) {
    return claims.next(owner, round);
  }

  private void work(int worker) {
    try {
      task.run(worker);
    } catch (RuntimeException | Error e) {
      fail(e);
    }
  }

  private void live(int worker) {
    int done = 0;
    while (true) {
      int spins = 0;
      while ((int) STARTED.getAcquire(this) == done && !closed) {
        if (spins < SPINS_BEFORE_SLEEP) {
          spins++;
          Thread.onSpinWait();
        } else {
          sleep(worker - 1, done);
        }
      }
      if (closed) {
        return;
      }
      done++;
      work(worker);
      meet();
    }
  }

  // The flag is raised before the last look at the counter and the caller raises the counter before it looks at the flag, both with
  // full fences, so that one of the two always sees the other.
  private void sleep(int index, int done) {
    ASLEEP.setVolatile(asleep, index, true);
    if ((int) STARTED.getVolatile(this) == done && !closed) {
      LockSupport.park(this);
    }
    ASLEEP.setVolatile(asleep, index, false);
  }

  private boolean sleeping(int index) {
    return (boolean) ASLEEP.getVolatile(asleep, index);
  }

  private static final VarHandle ASLEEP = MethodHandles.arrayElementVarHandle(boolean[].class);

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ThreadCrew.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Ends the threads. */
  @Override
  public void close() {
    closed = true;
    for (Thread thread : threads) {
      LockSupport.unpark(thread);
    }
  }
}
