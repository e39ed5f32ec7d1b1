package org.terraformer.domain.training;

/**
 * What a training step saw, before it changed the weights.
 *
 * @param number the step's, from 1
 * @param loss the weighted mean over the batch, in nats
 * @param gradientNorm over all weights, before it was clipped
 */
public record StepReport(long number, double loss, double gradientNorm, double learningRate) {}
