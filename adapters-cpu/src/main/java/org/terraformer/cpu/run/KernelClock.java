package org.terraformer.cpu.run;

/** Adds up how long the kernels of a program work, and how long worker 0 then waits for the others. Used by worker 0 alone. */
public final class KernelClock {
  private final long[] working;
  private final long[] waiting;
  private int runs;
  private long total;
  private long last;

  public KernelClock(int kernels) {
    this.working = new long[kernels];
    this.waiting = new long[kernels];
  }

  /** The crew has started. */
  public void start() {
    last = System.nanoTime();
  }

  /** A phase of a kernel has been computed. */
  public void worked(int kernel) {
    long now = System.nanoTime();
    working[kernel] += now - last;
    last = now;
  }

  /** The other workers have computed it, too. */
  public void met(int kernel) {
    long now = System.nanoTime();
    waiting[kernel] += now - last;
    last = now;
  }

  /** A run has ended. */
  public void ran(long nanoseconds) {
    runs++;
    total += nanoseconds;
  }

  public int runs() {
    return runs;
  }

  /** Seconds of all runs. */
  public double seconds() {
    return total / 1e9;
  }

  /** Seconds in which a kernel computed. */
  public double working(int kernel) {
    return working[kernel] / 1e9;
  }

  /** Seconds of waiting after a kernel. */
  public double waiting(int kernel) {
    return waiting[kernel] / 1e9;
  }
}
