package org.terraformer.domain.training.optimizer;

/**
 * Shares out pieces of work that do not depend on each other. The domain has no threads; who has some gives them to it by this.
 */
public interface Workers {

  /** Does the pieces {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  interface Work {
    void run(int from, int to, Scratch scratch);
  }

  /** Does all pieces, each once, and returns when they are done. */
  void share(int pieces, Work work);

  /** Everything on the thread that asks. */
  static Workers alone() {
    Scratch scratch = new Scratch();
    return (pieces, work) -> work.run(0, pieces, scratch);
  }
}
