package org.terraformer.app.training;

import org.terraformer.domain.training.StepReport;
import org.terraformer.domain.training.ValidationScore;

/** Hears how a training goes on. */
public interface TrainingObserver {

  /** Whether to go on after this step; else the training is saved and ends. */
  boolean stepped(StepReport report, double tokensPerSecond);

  /**
   * @param best whether its loss is the least so far
   */
  void validated(long step, ValidationScore score, boolean best);

  void sampled(String text);
}
