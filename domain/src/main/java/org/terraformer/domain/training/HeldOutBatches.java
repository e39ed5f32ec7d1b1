package org.terraformer.domain.training;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.ports.failure.InvalidInputException;

/** Examples that nothing is trained on. */
public record HeldOutBatches(List<Batch> batches) {
  /**
   * @throws InvalidInputException if there are none
   */
  public HeldOutBatches {
    batches = List.copyOf(batches);
    if (batches.isEmpty()) {
      throw new InvalidInputException("There are no examples to validate on.");
    }
  }

  /** The weighted mean of the losses of all tokens, their share that was right, and that of sequences whose tokens were all right. */
  public ValidationScore score(Scorer scorer) {
    long tokens = 0;
    double nats = 0;
    double weight = 0;
    double rightWeight = 0;
    int rightSequences = 0;
    int sequences = 0;
    for (Batch batch : parts(scorer.sequences())) {
      if (batch.sources().isPresent()) {
        scorer.run(batch.sources().get(), batch.targets());
      } else {
        scorer.run(batch.targets(), batch.sequences(), batch.length(), batch.length());
      }
      for (int row = 0; row < batch.rows(); row++) {
        float counts = batch.lossWeights()[row];
        tokens += counts == 0 ? 0 : 1;
        nats += counts == 0 ? 0 : counts * (double) scorer.loss(row);
        weight += counts;
        rightWeight += scorer.predicted(row) ? counts : 0;
      }
      for (int sequence = 0; sequence < batch.sequences(); sequence++) {
        rightSequences += isRight(batch, sequence, scorer) ? 1 : 0;
      }
      sequences += batch.sequences();
    }
    return new ValidationScore(tokens, nats / weight, OptionalDouble.empty(), rightWeight / weight,
        OptionalDouble.of((double) rightSequences / sequences));
  }

  /** The batches in parts of at most so many sequences. */
  private List<Batch> parts(int most) {
    List<Batch> parts = new ArrayList<>();
    for (Batch batch : batches) {
      for (int first = 0; first < batch.sequences(); first += most) {
        parts.add(batch.part(first, Math.min(most, batch.sequences() - first)));
      }
    }
    return parts;
  }

  private static boolean isRight(Batch batch, int sequence, Scorer scorer) {
    for (int row = sequence * batch.length(); row < (sequence + 1) * batch.length(); row++) {
      if (batch.lossWeights()[row] != 0 && !scorer.predicted(row)) {
        return false;
      }
    }
    return true;
  }
}
