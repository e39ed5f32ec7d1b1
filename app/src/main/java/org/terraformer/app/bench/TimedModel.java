package org.terraformer.app.bench;

import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.TokenChoice;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Measurable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.RunProfile;
import org.terraformer.ports.progress.ProgressListener;

/** A model that decodes greedily, as the product does, one sequence or several of the same length together, and is timed. */
final class TimedModel implements AutoCloseable {
  private static final int PREFILLS = 5;
  private static final int PATTERN = 1 << 17;
  private static final int SAME_TIMES = 3;
  private static final double FASTER = 0.95;
  /** How far the prompts of neighbouring sequences are apart. */
  private static final int PROMPT_SHIFT = 7;

  private final Contender contender;
  private final Program program;
  private final BenchOptions options;
  private final WeightSource weights;
  private final Executable executable;
  private final DecodingSession session;
  private final Timings timings;
  private final float[] logits;
  private final float[] probabilities;
  private final int[] tokens;
  private final OptionalDouble encodingSeconds;
  private boolean filled;

  /**
   * Prepares a model; one that reads a source reads it now.
   *
   * @param sequences that are decoded together
   * @throws InvalidInputException if the model does not know as many positions as the measurement needs
   */
  static TimedModel open(Contender contender, LayerTypes types, WeightSource weights, Backend backend, BenchOptions options,
      int sequences) {
    Optional<TimedEncoder> encoder = contender.readsSource()
        ? Optional.of(TimedEncoder.run(contender.config(), types, backend, weights, contender.sourceLength())) : Optional.empty();
    return new TimedModel(contender, contender.decoder(types), weights, backend, options, sequences, encoder);
  }

  private TimedModel(Contender contender, Program program, WeightSource weights, Backend backend, BenchOptions options,
      int sequences, Optional<TimedEncoder> encoder) {
    int known = contender.config().maxLength();
    if (options.capacity() > known) {
      throw InvalidInputException.of("The measurement needs %d positions but the model knows %d; a shorter --context, --prompt or fewer --tokens need less.",
          options.capacity(), known);
    }
    this.contender = contender;
    this.program = program;
    this.options = options;
    this.weights = weights;
    this.timings = new Timings(options.tokens());
    this.executable = backend.prepare(backend.distant() ? TokenChoice.added(program) : program, weights,
        DecodingSession.limits(program, sequences, contender.cached(options.capacity()), options.cache()), ProgressListener.NONE);
    this.session = new DecodingSession(executable, known);
    this.encodingSeconds = encoder.isPresent() ? OptionalDouble.of(encoder.get().seconds()) : OptionalDouble.empty();
    encoder.ifPresent(read -> session.read(read.source()));
    this.logits = new float[session.choosesGreedily() ? 0 : Math.multiplyExact(sequences, session.vocabularySize())];
    this.probabilities = new float[sequences];
    this.tokens = new int[sequences];
  }

  Contender contender() {
    return contender;
  }

  /** The model's program, without what a distant backend does besides to choose the tokens. */
  Program program() {
    return program;
  }

  WeightSource weights() {
    return weights;
  }

  Timings timings() {
    return timings;
  }

  long parameters() {
    return program.parameters();
  }

  long weightBytesPerToken() {
    return executable.weightBytesPerToken();
  }

  /** What the encoder took, if there is one. */
  OptionalDouble encodingSeconds() {
    return encodingSeconds;
  }

  /** Bytes of keys and values that a token reads halfway through a turn. */
  long cacheBytesPerToken() {
    return Traffic.cacheBytes(program, options.cache(), contender.cached(options.halfway()));
  }

  /**
   * Decodes from the start, again and again, until that takes no less time: by then the virtual machine has compiled what there is to
   * compile.
   */
  void warmUp() {
    long end = System.nanoTime() + options.settleSeconds() * 1_000_000_000L;
    double best = Double.POSITIVE_INFINITY;
    for (int same = 0; same < SAME_TIMES && System.nanoTime() < end; ) {
      start();
      long begin = System.nanoTime();
      steps(Math.min(options.turn(), options.tokens()));
      double seconds = (System.nanoTime() - begin) / 1e9;
      same = seconds < FASTER * best ? 0 : same + 1;
      best = Math.min(best, seconds);
    }
  }

  /** Puts the context into the caches, reads the prompts, and decodes some tokens. */
  private void start() {
    for (int slot = 0; slot < tokens.length; slot++) {
      fillContext(slot);
      read(slot, options.prompt());
    }
    filled = true;
    steps(options.warmUp());
  }

  /**
   * Reads the longer prompt in the first slot, a few times. The context before it is there when the clock starts.
   *
   * @return the median of the seconds
   */
  double prefill() {
    Timings prompts = new Timings(PREFILLS);
    for (int i = 0; i < PREFILLS + 1; i++) {
      fillContext(0);
      long begin = System.nanoTime();
      read(0, options.prefill());
      if (i > 0) {
        prompts.add((System.nanoTime() - begin) / 1e9);
      }
    }
    return prompts.median();
  }

  /** Begins a sequence with the context: random elements in the caches or, where those can't be written, tokens that are read. */
  private void fillContext(int slot) {
    session.reset(slot);
    if (options.context() == 0) {
      return;
    }
    if (!(executable instanceof Measurable measurable)) {
      read(slot, options.context());
      return;
    }
    if (!filled) {
      measurable.fillState(slot, randomElements());
    }
    session.resume(slot, options.context());
  }

  /** Reads so many tokens more, which differ from slot to slot. */
  private void read(int slot, int count) {
    int[] ids = new int[count];
    for (int i = 0; i < count; i++) {
      ids[i] = (i + PROMPT_SHIFT * slot) % session.vocabularySize();
    }
    session.feed(slot, ids, count);
    tokens[slot] = ids[count - 1];
  }

  private static float[] randomElements() {
    SplittableRandom random = new SplittableRandom(2);
    float[] elements = new float[PATTERN];
    for (int i = 0; i < PATTERN; i++) {
      elements[i] = (float) (2 * random.nextDouble() - 1);
    }
    return elements;
  }

  /** Starts anew, which is not timed, and decodes and times tokens. */
  void decode(int count) {
    start();
    for (int i = 0; i < count; i++) {
      long start = System.nanoTime();
      step();
      timings.add((System.nanoTime() - start) / 1e9);
    }
  }

  /**
   * Decodes as many tokens again, timing each operation.
   *
   * @throws InvalidInputException if the backend can't do that
   */
  OperationProfile profile() {
    if (!(executable instanceof Measurable measurable)) {
      throw new InvalidInputException("The backend does not time its operations; --profile needs the backend cpu.");
    }
    RunProfile profile = RunProfile.NONE;
    for (int done = 0; done < options.tokens(); done += options.turn()) {
      start();
      int count = Math.min(options.turn(), options.tokens() - done);
      profile = profile.plus(measurable.profile(() -> steps(count)));
    }
    return OperationProfile.of(profile, new Traffic(weights, options.cache(), contender.cached(options.halfway())));
  }

  private void steps(int count) {
    for (int i = 0; i < count; i++) {
      step();
    }
  }

  private void step() {
    session.step(0, tokens.length, tokens);
    if (session.choosesGreedily()) {
      session.readGreedyIds(tokens, probabilities, tokens.length);
      return;
    }
    session.readLogits(logits, tokens.length);
    int width = session.vocabularySize();
    for (int slot = 0; slot < tokens.length; slot++) {
      int best = slot * width;
      for (int id = best + 1; id < (slot + 1) * width; id++) {
        best = logits[id] > logits[best] ? id : best;
      }
      tokens[slot] = best - slot * width;
    }
  }

  @Override
  public void close() {
    executable.close();
  }
}
