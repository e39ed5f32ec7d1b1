package org.terraformer.app.evaluation;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.terraformer.app.embedded.DefaultModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.BackendChoice;
import org.terraformer.app.library.Prepared;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.Tokenizer;

/** A model ready to be asked how well it predicts texts. */
public final class EvaluatedModel implements AutoCloseable {
  private static final int MOST_CONTEXT = 1024;

  private final ModelConfig config;
  private final Tokenizer tokenizer;
  private final Arena arena;
  private final Prepared prepared;
  private final int context;

  private EvaluatedModel(ModelConfig config, Tokenizer tokenizer, Arena arena, Prepared prepared, int context) {
    this.config = config;
    this.tokenizer = tokenizer;
    this.arena = arena;
    this.prepared = prepared;
    this.context = context;
  }

  /**
   * Opens a model.
   *
   * @param folder the model's; empty for the embedded one
   * @param wantedContext tokens of a window; 0 for all that the model knows, at most 1024
   * @param batch windows that are run together
   * @throws InvalidInputException if the model can't be used, is no language model, has no tokenizer or knows fewer positions
   * @throws org.terraformer.app.inject.BackendException if neither the backend nor a fallback can run it
   */
  public static EvaluatedModel open(Optional<Path> folder, CompositionRoot root, BackendChoice choice, int wantedContext, int batch,
      ProgressListener progress) {
    LayerTypes types = root.layerTypes();
    ModelConfig config = folder.map(path -> new ModelFolder(path).config()).orElseGet(DefaultModel::config);
    if (!(config.architecture() instanceof Architecture.DecoderOnly)) {
      throw InvalidInputException.of(config.architecture() instanceof Architecture.EncoderClassifier
          ? "The model is %s, which predicts no tokens, so it can't be evaluated on text."
          : "The model is %s, which can't be evaluated on text alone, but on what its training held out (--training), or by the "
              + "summaries that summarize makes (--rouge).", config.architecture().aName());
    }
    int context = wantedContext == 0 ? Math.min(MOST_CONTEXT, config.maxLength()) : wantedContext;
    if (context < 1 || context > config.maxLength()) {
      throw InvalidInputException.of("The context is %d but the model knows %d positions.", context, config.maxLength());
    }
    if (batch < 1 || (long) batch * context > Integer.MAX_VALUE) {
      throw InvalidInputException.of("%d windows of %d tokens can't be run together.", batch, context);
    }
    Arena arena = Arena.ofShared();
    Optional<Tokenizer> tokenizer = Optional.empty();
    try {
      tokenizer = folder.isPresent() ? Tokenizers.of(config, folder.get()) : Optional.of(DefaultModel.tokenizer());
      if (tokenizer.isEmpty()) {
        throw new InvalidInputException("The model has no tokenizer, without which it can't be evaluated on text.");
      }
      WeightSource weights = folder.map(path -> new ModelFolder(path).weights(arena))
          .orElseGet(() -> DefaultModel.weights(arena));
      WeightCheck.checkExact(TransformerLm.record(config, types), weights);
      WeightCheck.checkFinite(TransformerLm.record(config, types), weights, progress);
      Prepared prepared = Prepared.of(root, choice, backend -> EvaluationProgram.record(config, types), weights,
          new ExecutionLimits(batch, batch * context, context), progress);
      return new EvaluatedModel(config, tokenizer.get(), arena, prepared, context);
    } catch (RuntimeException | Error e) {
      tokenizer.ifPresent(Tokenizer::close);
      arena.close();
      throw e;
    }
  }

  /** The name of the backend that the model is evaluated on. */
  public String backend() {
    return prepared.backend().name();
  }

  /** What the user should know about that. */
  public Optional<String> note() {
    return prepared.note();
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** The id that stands behind every text, as it did in training, if there is one. */
  public OptionalInt endId() {
    return Tokenizers.endId(config, tokenizer);
  }

  /** Tokens of a window. */
  public int context() {
    return context;
  }

  public Scorer scorer() {
    return new Scorer(prepared.executable(), config.startId(), config.vocabularySize());
  }

  @Override
  public void close() {
    prepared.executable().close();
    tokenizer.close();
    arena.close();
  }
}
