package org.terraformer.app.training;

import org.terraformer.domain.training.StepReport;

/** Hears how a training goes on. */
public interface TrainingObserver {

  /** Whether to go on after this step; else the training is saved and ends. */
  boolean stepped(StepReport report, double tokensPerSecond);

  /**
   * @param loss in nats per token
   * @param best whether it is the least so far
   */
  void validated(long step, double loss, double bitsPerByte, boolean best);

  void sampled(String text);
}
