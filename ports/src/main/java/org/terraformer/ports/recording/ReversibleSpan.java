package org.terraformer.ports.recording;

/**
 * Steps of a recording that add something to a value which can be computed again by taking it away.
 *
 * @param first the number of the first step that computes what is added
 * @param addition the number of the step behind them that adds it: {@code y = x + residual}
 */
public record ReversibleSpan(int first, int addition) {}
