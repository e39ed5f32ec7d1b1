package org.terraformer.ports.recording;

/**
 * Steps of a recording that compute something of a part of the rows; to repeat them takes less than to keep their results.
 *
 * @param first the number of the first step
 * @param last the number of the last one
 */
public record RepeatableSpan(int first, int last) {}
