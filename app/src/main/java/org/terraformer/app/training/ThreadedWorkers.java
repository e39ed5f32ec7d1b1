package org.terraformer.app.training;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.terraformer.domain.training.optimizer.Scratch;
import org.terraformer.domain.training.optimizer.Workers;

/** Shares work out in equal parts to as many threads. */
final class ThreadedWorkers implements Workers {
  private final Scratch[] scratches;

  ThreadedWorkers(int threads) {
    this.scratches = Stream.generate(Scratch::new).limit(threads).toArray(Scratch[]::new);
  }

  @Override
  public void share(int pieces, Work work) {
    int parts = Math.min(pieces, scratches.length);
    if (parts <= 1) {
      work.run(0, pieces, scratches[0]);
      return;
    }
    IntStream.range(0, parts).parallel().forEach(part -> work.run(
        (int) ((long) pieces * part / parts), (int) ((long) pieces * (part + 1) / parts), scratches[part]));
  }
}
