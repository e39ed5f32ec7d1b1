package org.terraformer.app.library;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.terraformer.app.embedded.DefaultModel;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.domain.config.Architecture;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.BeamSearch;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.EncodedSource;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.text.Tokenizer;

/**
 * A language model ready to generate: load it, generate, close it. Not thread-safe.
 *
 * {@snippet :
 * try (LanguageModel model = LanguageModel.embedded()) {
 *   System.out.println(model.generate("It was a dark night, and", 20));
 * }
 * }
 */
public final class LanguageModel implements AutoCloseable {
  private final ModelConfig config;
  private final Arena arena;
  private final Optional<Tokenizer> tokenizer;
  private final ProgressListener progress;
  private final Optional<SourceReader> sources;
  private final int context;
  private Prepared prepared;
  private DecodingSession session;
  /** The source that stands in every prompt of a model without an encoder. */
  private int[] promptSource = {};

  private LanguageModel(ModelConfig config, Function<LayerTypes, Program> recording, CompletableFuture<Optional<Tokenizer>> vocabulary,
      WeightSource weights, Arena arena, Settings settings, ProgressListener progress) {
    CompositionRoot root = settings.library();
    this.config = config;
    this.arena = arena;
    this.progress = progress;
    Program program = recording.apply(root.layerTypes());
    WeightCheck.checkExact(program, weights);
    WeightCheck.checkFinite(program, weights, progress);
    this.context = settings.contextLength() > 0 ? settings.contextLength() : Math.min(4096, config.maxLength());
    if (context > config.maxLength()) {
      throw InvalidInputException.of("The context length is %d but the model knows %d positions.", context, config.maxLength());
    }
    this.tokenizer = read(vocabulary);
    this.sources = config.architecture().encoder().map(encoder ->
        new SourceReader(root, settings, config, SourceModel.of(config, root.layerTypes()), weights, progress));
    if (sources.isEmpty()) {
      requireDecoder(config);
      decodeWith(Prepared.of(root, settings, program, weights, DecodingSession.limits(program, settings.slots(), context, settings.cache()), progress));
    }
  }

  private static void requireDecoder(ModelConfig config) {
    if (!(config.architecture() instanceof Architecture.DecoderOnly)) {
      throw InvalidInputException.of("The model is %s, which generates nothing.", config.architecture().aName());
    }
  }

  private void decodeWith(Prepared decoder) {
    this.prepared = decoder;
    this.session = new DecodingSession(decoder.executable(), config.maxLength(), progress);
  }

  /**
   * Loads the model in a folder.
   *
   * @throws BackendException if the backend can't run here or can't run this model
   * @throws InvalidInputException naming what is wrong with the folder, a file or a setting
   */
  public static LanguageModel load(Path folder, Settings settings) {
    return load(folder, settings, ProgressListener.NONE);
  }

  /** As {@link #load(Path, Settings)}; the listener hears of longer work, then and as long as the model is used. */
  public static LanguageModel load(Path folder, Settings settings, ProgressListener progress) {
    ModelFolder model = new ModelFolder(folder);
    ModelConfig config = model.config();
    return open(config, types -> model.program(config, types), () -> Tokenizers.of(config, folder), settings, model::weights, progress);
  }

  /** Loads the model in a folder as the environment and the configuration file say. */
  public static LanguageModel load(Path folder) {
    return load(folder, Settings.configured());
  }

  /** Loads the model that comes with the library. */
  public static LanguageModel embedded(Settings settings) {
    return embedded(settings, ProgressListener.NONE);
  }

  /** As {@link #embedded(Settings)}; the listener hears of longer work. */
  public static LanguageModel embedded(Settings settings, ProgressListener progress) {
    ModelConfig config = DefaultModel.config();
    return open(config, types -> TransformerLm.record(config, types), () -> Optional.of(DefaultModel.tokenizer()), settings, DefaultModel::weights,
        progress);
  }

  /** Loads the model that comes with the library as the environment and the configuration file say. */
  public static LanguageModel embedded() {
    return embedded(Settings.configured());
  }

  private static LanguageModel open(ModelConfig config, Function<LayerTypes, Program> recording, Supplier<Optional<Tokenizer>> vocabulary,
      Settings settings, Function<Arena, WeightSource> weights, ProgressListener progress) {
    Arena arena = Arena.ofShared();
    // Reading a vocabulary takes as long as recording a program, and a start waits for both.
    CompletableFuture<Optional<Tokenizer>> reading = CompletableFuture.supplyAsync(vocabulary, Thread.ofPlatform().daemon()::start);
    try {
      return new LanguageModel(config, recording, reading, weights.apply(arena), arena, settings, progress);
    } catch (RuntimeException | Error e) {
      reading.thenAccept(read -> read.ifPresent(Tokenizer::close));
      arena.close();
      throw e;
    }
  }

  private static Optional<Tokenizer> read(CompletableFuture<Optional<Tokenizer>> vocabulary) {
    try {
      return vocabulary.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw e;
    }
  }

  public ModelConfig config() {
    return config;
  }

  /** Whether the model generates only behind a source that it has read. */
  public boolean readsSource() {
    return sources.isPresent();
  }

  /**
   * Reads a source: what is generated from now on is about this one. If that fails, the model has read none. For a model without an encoder
   * it stands in every prompt behind the start id, as it did where such a model was trained on pairs.
   *
   * @param ids its token ids; padding at the end counts as absent for an encoder
   * @throws InvalidInputException if the source does not fit the encoder, or there is neither an encoder nor an id that ends a source; a source
   *     that leaves no room in the prompt is refused when something is generated
   * @throws BackendException if the backend can't run here or can't run this model
   */
  public void read(int[] ids) {
    if (sources.isEmpty()) {
      requireEndId();
      promptSource = ids.clone();
      return;
    }
    SourceReader reader = sources.get();
    // Before the encoder is there, which needs the memory of the decoder behind the last source.
    if (prepared != null) {
      prepared.executable().close();
      prepared = null;
    }
    EncodedSource encoded = reader.encode(ids);
    decodeWith(reader.decoder(encoded, context));
    session.read(encoded);
  }

  private void requireEndId() {
    if (config.endId().isEmpty()) {
      throw InvalidInputException.of("The model is %s without an end_id, so nothing tells it where a source ends and its target begins.",
          config.architecture().aName());
    }
  }

  /** Ids of a source that can be read at most where so many tokens are to be generated; at least half of a prompt's context. */
  public int sourceRoom(int maxTokens) {
    return readsSource() ? config.maxLength() : context - Math.min(maxTokens, context / 2);
  }

  /** As {@link #read(int[])}: the text's ids and, if the model has one, its end id behind them. */
  public void read(String text) {
    read(source(text));
  }

  /** The ids of a source text: the text's and, if the model has one, its end id behind them. */
  public int[] source(String text) {
    int[] ids = known().encode(text);
    if (config.endId().isEmpty()) {
      return ids;
    }
    int[] ended = Arrays.copyOf(ids, ids.length + 1);
    ended[ids.length] = config.endId().getAsInt();
    return ended;
  }

  private Prepared prepared() {
    if (prepared == null) {
      throw InvalidInputException.of("The model is %s, which has to read a source before it generates.", config.architecture().aName());
    }
    return prepared;
  }

  /** What runs the model; of a model that reads a source, its decoder, once a source was read. */
  public Backend backend() {
    return prepared().backend();
  }

  /**
   * What the user should know about how the model runs, in a sentence: that it fell back to another backend, or how it could be faster. A model
   * that reads a source knows it afterwards.
   */
  public Optional<String> note() {
    return prepared == null ? Optional.empty() : prepared.note();
  }

  /** As {@link #backend}. */
  public Executable executable() {
    return prepared().executable();
  }

  public Optional<Tokenizer> tokenizer() {
    return tokenizer;
  }

  /** The ids that the model is fed with for a text: its start id, a source that it has read and has no encoder for, then the text's. */
  public List<Integer> prompt(String text) {
    return prompt(known().encode(text));
  }

  private Tokenizer known() {
    return tokenizer.orElseThrow(() -> new InvalidInputException("The model has no tokenizer; give token ids instead of text."));
  }

  /** As {@link #prompt(String)}, for a sequence of ids. */
  public List<Integer> prompt(int[] ids) {
    return IntStream.concat(IntStream.of(config.startId()), IntStream.concat(Arrays.stream(promptSource), Arrays.stream(ids))).boxed().toList();
  }

  /** Continues a text as the model's configuration says, else with the most likely tokens; always the same. */
  public String generate(String prompt, int maxTokens) {
    return stream(prompt, maxTokens, config.generation().sampling(), 0, TokenListener.NONE).text();
  }

  /** Continues a text; the listener hears of every token as it is generated. */
  public Sample stream(String prompt, int maxTokens, Sampling sampling, long seed, TokenListener listener) {
    Set<Integer> stopIds = config.endId().isPresent() ? Set.of(config.endId().getAsInt()) : Set.of();
    return generate(new GenerationRequest(prompt(prompt), maxTokens, sampling, stopIds, List.of(), seed, 1, false), listener).getFirst();
  }

  /** Generates as a request says. */
  public List<Sample> generate(GenerationRequest request, TokenListener listener) {
    prepared();
    return new Generator(session, tokenizer).generate(request, listener);
  }

  /**
   * Searches the most likely continuations; the model must have been loaded with {@link BeamSearch#slotsNeeded} slots.
   *
   * @return best first
   */
  public List<BeamSearch.Beam> search(List<Integer> prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds) {
    return search(prompt, beams, maxTokens, lengthPenalty, stopIds, () -> true);
  }

  /** As {@link #search(List, int, int, double, Set)}, until it is not to go on; what was found by then is the result. */
  public List<BeamSearch.Beam> search(List<Integer> prompt, int beams, int maxTokens, double lengthPenalty, Set<Integer> stopIds,
      BooleanSupplier goesOn) {
    prepared();
    int[] ids = prompt.stream().mapToInt(Integer::intValue).toArray();
    return new BeamSearch(session).search(ids, beams, maxTokens, lengthPenalty, stopIds, goesOn);
  }

  @Override
  public void close() {
    if (prepared != null) {
      prepared.executable().close();
    }
    tokenizer.ifPresent(Tokenizer::close);
    arena.close();
  }
}
