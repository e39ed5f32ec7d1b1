package org.terraformer.domain.training;

import java.util.OptionalDouble;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.evaluation.SlidingWindow;
import org.terraformer.domain.evaluation.TextScore;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.TokenSequence;

/** A text to train on in windows, and a text to validate on. */
public final class TextData implements TrainingData {
  private final ShuffledWindows windows;
  private final long trainingTokens;
  private final TokenSequence validation;
  private final long validationBytes;
  private final int batch;
  private final int length;
  private final int startId;

  /**
   * @param validation what is validated on, all of it
   * @param validationBytes that it stands for, in UTF-8
   * @throws InvalidInputException if a text is shorter than a window
   */
  public TextData(TokenSequence training, TokenSequence validation, long validationBytes, TrainingConfig config) {
    if (training.length() < config.length() || validation.length() < config.length()) {
      throw InvalidInputException.of("There are %,d tokens to train on and %,d to validate on, but each needs one window of %d.",
          training.length(), validation.length(), config.length());
    }
    this.windows = new ShuffledWindows(training, config.length(), config.seed());
    this.trainingTokens = training.length();
    this.validation = validation;
    this.validationBytes = validationBytes;
    this.batch = config.batch();
    this.length = config.length();
    this.startId = config.model().startId();
  }

  /** Tokens of the text to train on. */
  public long trainingTokens() {
    return trainingTokens;
  }

  @Override
  public Batch batch(long step) {
    int[] tokens = new int[batch * length];
    for (int i = 0; i < batch; i++) {
      windows.copy((step - 1) * batch + i, tokens, i * length);
    }
    return Batch.of(tokens, length, startId);
  }

  @Override
  public ValidationScore validate(Scorer scorer) {
    int window = (int) Math.min(length, validation.length());
    TextScore score = new SlidingWindow(window, window).score(validation, scorer, ProgressListener.NONE);
    return new ValidationScore(score.tokens(), score.loss(), OptionalDouble.of(score.bitsPerByte(validationBytes)), score.accuracy(),
        OptionalDouble.empty());
  }
}
