package org.terraformer.domain.training;

import org.terraformer.domain.evaluation.Scorer;

/** What a training learns from, and what it is validated on. */
public interface TrainingData {

  /**
   * The batch of a step, which depends on nothing but the step, so that a training can go on anywhere.
   *
   * @param step from 1
   */
  Batch batch(long step);

  /** How well a model does on what is kept for validation alone. */
  ValidationScore validate(Scorer scorer);
}
