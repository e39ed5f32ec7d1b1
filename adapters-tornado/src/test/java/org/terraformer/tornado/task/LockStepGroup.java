package org.terraformer.tornado.task;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import uk.ac.manchester.tornado.api.KernelContext;

/**
 * A work-group of several threads that take turns: each runs up to a barrier, then the next one does. What a thread reads before others have
 * passed the barrier behind which it may is then always something old, for the first thread, or never, for the last.
 */
final class LockStepGroup {
  private static final int PATIENCE_SECONDS = 20;

  private final List<Semaphore> turns = new ArrayList<>();
  private final List<Object> localArrays = new ArrayList<>();
  private final AtomicReference<Throwable> failure = new AtomicReference<>();

  private LockStepGroup(int threads) {
    for (int i = 0; i < threads; i++) {
      turns.add(new Semaphore(0));
    }
  }

  /**
   * Runs a kernel.
   *
   * @param kernel takes the context of a thread
   */
  static void run(int group, int groups, int threads, Consumer<KernelContext> kernel) {
    LockStepGroup together = new LockStepGroup(threads);
    List<Thread> running = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      Context context = together.new Context(i);
      PlainJavaBackend.place(context, i, threads, group, groups);
      running.add(Thread.ofVirtual().start(() -> {
        try {
          context.await();
          kernel.accept(context);
          context.giveTurn();
        } catch (RuntimeException | Error e) {
          together.failure.compareAndSet(null, e);
          together.turns.forEach(Semaphore::release);
        }
      }));
    }
    together.turns.getFirst().release();
    try {
      for (Thread thread : running) {
        thread.join();
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (together.failure.get() != null) {
      throw new IllegalStateException(together.failure.get());
    }
  }

  /** What a thread of the group asks. */
  private final class Context extends KernelContext {
    private final int thread;
    private int allocated;

    private Context(int thread) {
      this.thread = thread;
    }

    private void await() {
      try {
        if (!turns.get(thread).tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
          throw new IllegalStateException("Thread %d waits at a barrier that another never reaches.".formatted(thread));
        }
        if (failure.get() != null) {
          throw new IllegalStateException("Another thread has failed.");
        }
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private void giveTurn() {
      turns.get((thread + 1) % turns.size()).release();
    }

    @Override
    public void localBarrier() {
      giveTurn();
      await();
    }

    @Override
    public void globalBarrier() {
      localBarrier();
    }

    @Override
    public float[] allocateFloatLocalArray(int size) {
      return (float[]) shared(new float[size]);
    }

    @Override
    public int[] allocateIntLocalArray(int size) {
      return (int[]) shared(new int[size]);
    }

    /** The array that the first thread made. */
    private Object shared(Object array) {
      if (allocated == localArrays.size()) {
        localArrays.add(array);
      }
      return localArrays.get(allocated++);
    }
  }
}
