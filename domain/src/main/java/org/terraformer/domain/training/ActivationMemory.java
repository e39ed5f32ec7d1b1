package org.terraformer.domain.training;

/**
 * How training saves memory of activations.
 *
 * @param recompute whether those of reversible blocks are computed again in the backward pass instead of being kept
 * @param chunked whether feed-forward layers and the loss are computed for one part of the rows after another, and again in the
 *     backward pass
 */
public record ActivationMemory(boolean recompute, boolean chunked) {
  /** What costs little time: activations of reversible blocks are not kept. */
  public static final ActivationMemory DEFAULT = new ActivationMemory(true, false);
}
