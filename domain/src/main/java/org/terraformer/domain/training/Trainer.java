package org.terraformer.domain.training;

import java.lang.foreign.SegmentAllocator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.random.SplitMix64;
import org.terraformer.domain.training.optimizer.GradientNorm;
import org.terraformer.domain.training.optimizer.ParameterUpdate;
import org.terraformer.domain.training.optimizer.UpdateStep;
import org.terraformer.domain.training.optimizer.Workers;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;
import org.terraformer.ports.tensor.Tensor;

/**
 * Trains step by step: runs a batch through a {@link TrainingProgram}, clips the gradients and updates the weights. A batch of more sequences
 * than the executable holds is run in parts, whose gradients are added up: the gradients of the whole batch. A step
 * depends on its number, its batch, the seed, the weights and the optimizer's state and on nothing else, so that a training that
 * is begun again from a checkpoint goes on bit for bit. Not thread-safe.
 */
public final class Trainer {
  private final Executable executable;
  private final UpdateRule rule;
  private final long seed;
  private final List<Parameter> parameters = new ArrayList<>();
  private final GradientNorm gradientNorm;
  private final Workers workers;

  private record Parameter(SummedGradient gradient, ParameterUpdate update) {}

  /**
   * @param executable was prepared from {@code program} and {@code weights}
   * @param weights F32 in memory that may be written; every step changes them
   * @param seed of all that training leaves to chance
   * @param slotMemory where the optimizer's state is kept
   * @param workers do the updates
   */
  public Trainer(TrainingProgram program, Executable executable, WeightSource weights, UpdateRule rule, long seed,
      SegmentAllocator slotMemory, Workers workers) {
    this.executable = executable;
    this.rule = rule;
    this.seed = seed;
    this.workers = workers;
    List<Tensor> gradients = new ArrayList<>();
    for (TrainedWeight weight : program.weights()) {
      SummedGradient gradient = new SummedGradient(executable, weight);
      gradients.add(gradient.tensor());
      Tensor tensor = weights.find(weight.name()).orElseThrow();
      parameters.add(new Parameter(gradient, rule.optimizer().attach(tensor, gradient.tensor(), weight.factoring(), slotMemory)));
    }
    this.gradientNorm = new GradientNorm(gradients);
  }

  /**
   * Does one step.
   *
   * @param number the step's, from 1; steps are done in order
   * @throws InvalidInputException if the loss or a gradient is not finite; then no weight has changed
   */
  public StepReport step(long number, Batch batch) {
    double loss = run(number, batch);
    if (!Double.isFinite(loss)) {
      throw InvalidInputException.of("The loss of step %d is %s, so the training can't go on; a lower learning rate may help.",
          number, loss);
    }
    workers.share(gradientNorm.pieces(), gradientNorm::run);
    double norm = gradientNorm.norm(number);
    UpdateStep step = rule.step(number, norm);
    for (Parameter parameter : parameters) {
      update(parameter.update, step);
    }
    executable.weightsChanged();
    return new StepReport(number, loss, norm, step.learningRate());
  }

  private void update(ParameterUpdate update, UpdateStep step) {
    update.begin(step);
    for (int phase = 0; phase < update.phases(); phase++) {
      int current = phase;
      workers.share(update.pieces(), (from, to, scratch) -> update.run(current, from, to, scratch));
      update.end(phase);
    }
  }

  /** Runs a batch part by part and leaves the sums of their gradients; gives the loss. */
  private double run(long number, Batch batch) {
    float[] shares = batch.shares();
    SplitMix64 seeds = new SplitMix64(seed, (int) number);
    int most = executable.limits().sequences();
    double loss = 0;
    for (int first = 0; first < batch.sequences(); first += most) {
      int sequences = Math.min(most, batch.sequences() - first);
      Batch some = batch.part(first, sequences);
      float[] sharesOfSome = Arrays.copyOfRange(shares, first * batch.length(), (first + sequences) * batch.length());
      loss += run((int) seeds.nextLong(), some, sharesOfSome);
      parameters.forEach(parameter -> parameter.gradient.read());
      if (sequences < batch.sequences()) {
        boolean begins = first == 0;
        parameters.forEach(parameter -> parameter.gradient.add(begins));
      }
    }
    if (most < batch.sequences()) {
      parameters.forEach(parameter -> parameter.gradient.sum());
    }
    return loss;
  }

  private double run(int drawn, Batch batch, float[] shares) {
    Program program = executable.program();
    int rows = batch.rows();
    executable.write(program.input(TransformerLm.TOKENS), batch.inputs(), rows);
    executable.write(program.input(TrainingProgram.TARGETS), batch.targets(), rows);
    executable.write(program.input(TrainingProgram.LOSS_WEIGHTS), shares, rows);
    batch.sources().ifPresent(sources -> sources.write(executable));
    if (program.hasInput(Recorder.POSITIONS)) {
      executable.write(program.input(Recorder.POSITIONS), new int[batch.sequences()], batch.sequences());
    }
    if (program.hasInput(SeededChance.SEED)) {
      executable.write(program.input(SeededChance.SEED), new int[] {drawn}, 1);
    }
    executable.run(0, batch.sequences(), batch.length(), batch.length());
    float[] losses = new float[rows];
    executable.read(program.output(TrainingProgram.LOSS), losses, rows);
    double loss = 0;
    for (int i = 0; i < rows; i++) {
      loss += shares[i] == 0 ? 0 : (double) shares[i] * losses[i];
    }
    return loss;
  }

  /** The optimizer's state, live, for a checkpoint to hold beside the weights. */
  public List<Tensor> slots() {
    return parameters.stream().flatMap(parameter -> parameter.update.slots().stream()).toList();
  }

  /**
   * Takes the optimizer's state from a checkpoint.
   *
   * @throws InvalidInputException if some of it is missing or of another shape
   */
  public void restoreSlots(WeightSource checkpoint) {
    parameters.forEach(parameter -> parameter.update.restore(checkpoint));
  }
}
