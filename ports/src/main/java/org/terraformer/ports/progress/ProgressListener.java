package org.terraformer.ports.progress;

/** Hears how far a longer piece of work has come. */
@FunctionalInterface
public interface ProgressListener {

  /** Nobody listens. */
  ProgressListener NONE = (task, done, total) -> {};

  /**
   * @param task what is being done, as {@code loading weights}
   * @param done units done, up to {@code total}
   */
  void progressed(String task, long done, long total);
}
