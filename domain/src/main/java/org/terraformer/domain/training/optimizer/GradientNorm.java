package org.terraformer.domain.training.optimizer;

import java.util.Arrays;
import java.util.List;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.Tensor;

/**
 * The Euclidean norm of all gradients taken as one vector, and the check that they are finite. Pieces may be run in any order and on any
 * threads; the norm is the same bit for bit.
 */
public final class GradientNorm {
  private final List<Tensor> gradients;
  private final int[] firstPieces;
  private final double[] sums;

  /**
   * @param gradients F32, by the names of their parameters
   */
  public GradientNorm(List<Tensor> gradients) {
    this.gradients = List.copyOf(gradients);
    this.firstPieces = new int[gradients.size() + 1];
    for (int i = 0; i < gradients.size(); i++) {
      long pieces = (gradients.get(i).shape().elements() + ElementwiseUpdate.PIECE - 1) / ElementwiseUpdate.PIECE;
      firstPieces[i + 1] = Math.toIntExact(firstPieces[i] + pieces);
    }
    this.sums = new double[firstPieces[gradients.size()]];
  }

  public int pieces() {
    return sums.length;
  }

  /** Does the pieces {@code from} (inclusive) to {@code to} (exclusive). */
  public void run(int from, int to, Scratch scratch) {
    int tensor = 0;
    for (int piece = from; piece < to; piece++) {
      while (piece >= firstPieces[tensor + 1]) {
        tensor++;
      }
      Tensor gradient = gradients.get(tensor);
      long start = (long) (piece - firstPieces[tensor]) * ElementwiseUpdate.PIECE;
      long end = Math.min(start + ElementwiseUpdate.PIECE, gradient.shape().elements());
      Arrays.fill(scratch.squares, 0);
      for (long at = start; at < end; at += Scratch.TILE) {
        int count = (int) Math.min(Scratch.TILE, end - at);
        Scratch.load(gradient.data(), at, scratch.gradient, count);
        Scratch.addSquares(scratch.gradient, scratch.squares, count);
      }
      double sum = 0;
      for (double square : scratch.squares) {
        sum += square;
      }
      sums[piece] = sum;
    }
  }

  /**
   * The norm, once all pieces were run.
   *
   * @param step the number of the training step, for the message
   * @throws InvalidInputException naming the first parameter whose gradient holds NaN or an infinity
   */
  public double norm(long step) {
    double norm = 0;
    for (int i = 0; i < gradients.size(); i++) {
      double sum = 0;
      for (int piece = firstPieces[i]; piece < firstPieces[i + 1]; piece++) {
        sum += sums[piece];
      }
      if (!Double.isFinite(sum)) {
        throw InvalidInputException.of("The gradient of %s in step %d holds %s, but gradients must be finite.",
            gradients.get(i).name(), step, Double.isNaN(sum) ? "NaN" : "an infinite number");
      }
      norm += sum;
    }
    return Math.sqrt(norm);
  }

  /** All pieces on this thread, then the norm. */
  public double measure(long step, Scratch scratch) {
    run(0, pieces(), scratch);
    return norm(step);
  }

  /**
   * What gradients of a norm are multiplied by so that it is at most this: {@code min(1, most / norm)}.
   *
   * @throws InvalidInputException if the largest norm allowed is not a positive number
   */
  public static double clippingScale(double norm, double most) {
    Settings.check("largest gradient norm", most, Float.MIN_NORMAL, Float.MAX_VALUE);
    return norm < most ? 1 : most / norm;
  }
}
