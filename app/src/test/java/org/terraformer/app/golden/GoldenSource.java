package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.terraformer.app.trax.TraxArrays;
import org.terraformer.app.trax.TraxConfiguration;
import org.terraformer.app.trax.TraxWeights;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.EncodedSource;
import org.terraformer.domain.model.Models;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.domain.model.SourceTargetRows;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;

/** A recorded case of a model that reads a source: the whole model in one run, its gradients, and decoding token by token. */
final class GoldenSource {
  private final GoldenCase golden;
  private final ModelConfig config;
  private final SourceTargetRows rows;

  private GoldenSource(GoldenCase golden, ModelConfig config) {
    this.golden = golden;
    this.config = config;
    this.rows = SourceTargetRows.of(config, golden.axis("inputs.source", 0), golden.ints("inputs.source"), golden.ints("inputs.target"));
  }

  /** Logits, chosen units, loss and greedy decoding. */
  static void check(GoldenCase golden, Backend backend, TraxArrays arrays) {
    ModelConfig config = TraxConfiguration.of(golden.layer(), golden.arguments());
    GoldenSource source = new GoldenSource(golden, config);
    Program program = GoldenModelTest.withChosenUnits(Models.record(config, GoldenLayers.TYPES));
    WeightSource weights = new TraxWeights(program).translate(arrays, TraxConfiguration.unusedArrays(golden.arguments()), Arena.ofAuto());
    try (Executable executable = backend.prepare(program, weights, source.limits(), ProgressListener.NONE)) {
      source.run(executable);
      source.compareLogits(executable, "outputs.logits");
      source.compareChosen(executable);
    }
    if (golden.has("outputs.decode_tokens")) {
      source.checkDecoding(backend, weights);
    }
  }

  /** The loss and the gradients of all weights, in a variant of the reference's training. */
  static void checkGradients(GoldenCase golden, String variant, Backend backend) {
    ModelConfig config = GoldenModelGradientTest.variant(TraxConfiguration.of(golden.layer(), golden.arguments()), variant);
    GoldenSource source = new GoldenSource(golden, config);
    GoldenChance chance = new GoldenChance();
    Recorder recorder = variant.equals("eval") ? new Recorder() : Recorder.forTraining(chance);
    TrainingProgram training = TrainingProgram.record(config, GoldenLayers.TYPES, recorder, 0);
    TraxWeights trax = new TraxWeights(Models.record(config, GoldenLayers.TYPES));
    int unused = TraxConfiguration.unusedArrays(golden.arguments());
    WeightSource weights = trax.translate(TraxArrays.of(golden.name(), golden.flatWeights()), unused, Arena.ofAuto());
    try (Executable executable = backend.prepare(training.program(), weights, source.limits(), ProgressListener.NONE)) {
      chance.draws("select").forEach(draw -> executable.write(draw, new float[] {0.5f}, 1));
      float[] lossWeights = source.writeTargets(executable);
      source.run(executable);
      float[] losses = new float[lossWeights.length];
      executable.read(training.program().output(TrainingProgram.LOSS), losses, losses.length);
      float loss = 0;
      for (int i = 0; i < losses.length; i++) {
        loss += lossWeights[i] == 0 ? 0 : losses[i] * lossWeights[i];
      }
      GoldenRun.assertClose(golden, variant + " loss", new float[] {loss}, golden.floats("outputs.%s.loss".formatted(variant)));
      if (!variant.equals("eval")) {
        source.compareLogits(executable, "outputs.%s.logits".formatted(variant));
      }
      String prefix = "grads.%s.".formatted(variant);
      if (golden.hasGradients(prefix)) {
        GoldenModelGradientTest.checkGradients(golden, variant, training, executable,
            trax.translate(TraxArrays.of(golden.name(), golden.flatGradients(prefix)), unused, Arena.ofAuto()));
      }
    }
  }

  private ExecutionLimits limits() {
    return new ExecutionLimits(rows.sequences(), rows.sequences() * rows.length(), rows.length());
  }

  private void run(Executable executable) {
    Program program = executable.program();
    executable.write(program.input(SourceModel.SOURCE), rows.source(), rows.source().length);
    executable.write(program.input(TransformerLm.TOKENS), rows.tokens(), rows.tokens().length);
    executable.write(program.input(Recorder.POSITIONS), new int[rows.sequences()], rows.sequences());
    if (program.hasInput(SourceModel.SOURCE_LENGTHS)) {
      executable.write(program.input(SourceModel.SOURCE_LENGTHS), rows.lengths(), rows.sequences());
    }
    executable.run(0, rows.sequences(), rows.length(), rows.length());
  }

  private float[] writeTargets(Executable executable) {
    float[] weights = golden.floats("inputs.loss_weights");
    float sum = 0;
    for (float weight : weights) {
      sum += weight;
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    int[] targets = rows.laidOut(golden.ints("inputs.targets"));
    float[] laidOut = rows.laidOut(weights);
    executable.write(executable.program().input(TrainingProgram.TARGETS), targets, targets.length);
    executable.write(executable.program().input(TrainingProgram.LOSS_WEIGHTS), laidOut, laidOut.length);
    return laidOut;
  }

  private void compareLogits(Executable executable, String tensor) {
    int vocabulary = config.vocabularySize();
    int length = golden.axis(tensor, 1);
    float[] all = new float[rows.sequences() * rows.length() * vocabulary];
    executable.read(executable.program().output(TransformerLm.LOGITS), all, all.length);
    float[] found = new float[rows.sequences() * length * vocabulary];
    for (int i = 0; i < rows.sequences() * length; i++) {
      System.arraycopy(all, rows.targetRow(i / length, i % length) * vocabulary, found, i * vocabulary, vocabulary);
    }
    GoldenRun.assertClose(golden, tensor, found, golden.floats(tensor));
  }

  /** The units of sparse layers, of all rows but those behind the target, which nothing reads. */
  private void compareChosen(Executable executable) {
    int target = golden.axis("inputs.target", 1);
    for (int layer = 0; golden.has("outputs.quant_mask." + layer); layer++) {
      int[] expected = golden.ints("outputs.quant_mask." + layer);
      int blocks = golden.axis("outputs.quant_mask." + layer, 1);
      int length = expected.length / blocks / rows.sequences();
      int[] all = new int[rows.sequences() * rows.length() * blocks];
      executable.read(executable.program().output("chosen." + layer), all, all.length);
      for (int i = 0; i < rows.sequences() * length; i++) {
        int t = i % length;
        if (length <= Math.max(target, golden.axis("inputs.source", 1)) || t < rows.lengths()[i / length] + target) {
          int from = (i / length * rows.length() + t) * blocks;
          assertThat(Arrays.copyOfRange(all, from, from + blocks)).as("active units of sparse layer %d in row %d", layer, i)
              .isEqualTo(Arrays.copyOfRange(expected, i * blocks, (i + 1) * blocks));
        }
      }
    }
  }

  private void checkDecoding(Backend backend, WeightSource weights) {
    SourceModel model = SourceModel.of(config, GoldenLayers.TYPES);
    String sources = golden.has("inputs.decode_inputs") ? "inputs.decode_inputs" : "inputs.source";
    int length = golden.axis(sources, 1);
    for (int row = 0; row < golden.axis("outputs.decode_tokens", 0); row++) {
      int[] ids = EncodedSource.withoutPadding(Arrays.copyOfRange(golden.ints(sources), row * length, (row + 1) * length), config.paddingId());
      EncodedSource encoded;
      try (Executable encoder = backend.prepare(
          model.encoder(), weights, new ExecutionLimits(1, ids.length, ids.length), ProgressListener.NONE)) {
        encoded = EncodedSource.of(encoder, ids, config.paddingId());
      }
      // Fewer rows than the source has, so that it is fed in pieces.
      try (Executable decoder = backend.prepare(model.decoder(encoded.length()), weights,
          new ExecutionLimits(2, 3, ids.length + config.maxLength()), ProgressListener.NONE)) {
        DecodingSession session = new DecodingSession(decoder, config.maxLength());
        session.read(encoded);
        GoldenModelTest.checkDecoding(golden, config, session, row, List.of(config.startId()));
      }
    }
  }
}
