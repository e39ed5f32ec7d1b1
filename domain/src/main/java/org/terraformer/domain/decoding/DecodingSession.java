package org.terraformer.domain.decoding;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.terraformer.domain.model.SourceModel;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

/**
 * Feeds tokens to a language model step by step: keeps the position of each sequence slot, runs prompts in pieces of as many rows
 * as the executable allows, and reads logits. A sequence may stand behind a source, which is then fed first. For callers who decode in a
 * way of their own; the others use {@link Generator}. Not thread-safe.
 *
 * <p>Of a program that {@link Program#startsWhole} a sequence starts with one run of its source and of all tokens that are first fed to it, as if it
 * were evaluated. What is fed later is decoded: it gets the same in one run, in pieces, or token by token.
 */
public final class DecodingSession {
  /** Rows of a prompt that are run at once, where any number may be: half as many are up to a tenth slower, as weights are laid out for each part. */
  private static final int PROMPT_ROWS = 512;

  private final Executable executable;
  private final Value tokens;
  private final Value logits;
  private final Value greedyId;
  private final Value likeliestCount;
  private final Value likeliest;
  private final Value largestProbability;
  private final Value starts;
  private final Value sourceLengths;
  private final boolean startsWhole;
  private final int maxLength;
  private final int[] positions;
  private final int[] tokenBuffer;
  private final int[] startBuffer;
  private final int[] lengthBuffer;
  private EncodedSource source = EncodedSource.NONE;
  /** Rows of each sequence before its first token. */
  private int sourceRows;
  private final ProgressListener progress;

  /** A session whose progress nobody hears. */
  public DecodingSession(Executable executable, int maxLength) {
    this(executable, maxLength, ProgressListener.NONE);
  }

  /**
   * @param executable has the inputs {@code tokens} and, if it needs positions, {@code positions}, and the output {@code logits}
   * @param maxLength positions that the model knows
   * @param progress hears how much of a prompt has been fed
   * @throws InvalidInputException if the executable lacks one of these, or the logits of all its slots do not fit an array
   */
  public DecodingSession(Executable executable, int maxLength, ProgressListener progress) {
    Program program = executable.program();
    this.executable = executable;
    this.tokens = program.input(TransformerLm.TOKENS);
    this.logits = program.output(TransformerLm.LOGITS);
    this.greedyId = program.outputs().get(TokenChoice.ID);
    this.likeliestCount = program.hasInput(TokenChoice.COUNT) ? program.input(TokenChoice.COUNT) : null;
    this.likeliest = program.outputs().get(TokenChoice.LIKELIEST);
    this.largestProbability = program.outputs().get(TokenChoice.PROBABILITY);
    this.starts = program.hasInput(Recorder.POSITIONS) ? program.input(Recorder.POSITIONS) : null;
    this.sourceLengths = program.hasInput(SourceModel.SOURCE_LENGTHS) ? program.input(SourceModel.SOURCE_LENGTHS) : null;
    this.startsWhole = program.startsWhole();
    this.maxLength = maxLength;
    this.positions = new int[executable.limits().sequences()];
    this.tokenBuffer = new int[executable.limits().rows()];
    this.progress = progress;
    this.startBuffer = new int[positions.length];
    this.lengthBuffer = new int[positions.length];
    if ((long) positions.length * logits.width() > Integer.MAX_VALUE) {
      throw InvalidInputException.of("The number of sequence slots is %d but with a vocabulary of %d at most %d are possible.",
          positions.length, logits.width(), Integer.MAX_VALUE / logits.width());
    }
  }

  /**
   * What an executable needs room for to decode a program in a session: logits after one row of each sequence, and runs of a piece of a prompt or,
   * where the program {@link Program#startsWhole}, of as many rows as the context has.
   *
   * @param slots sequences side by side
   * @param context positions of a sequence, with those of its source
   * @param cache the type of keys and values
   */
  public static ExecutionLimits limits(Program program, int slots, int context, DType cache) {
    int piece = program.startsWhole() ? context : Math.min(PROMPT_ROWS, context);
    return new ExecutionLimits(slots, Math.max(slots, piece), slots, context, cache);
  }

  ProgressListener progress() {
    return progress;
  }

  public int vocabularySize() {
    return logits.width();
  }

  /** The number of positions of a sequence: the model's or the executable's, whichever is less. */
  public int capacity() {
    return Math.min(maxLength, executable.limits().contextLength() - sourceRows);
  }

  /**
   * Lets all slots start new sequences, of a model that reads a source: all behind this one.
   *
   * @throws InvalidInputException if the source leaves no room in the context, or the model takes another number of tokens
   */
  public void read(EncodedSource encoded) {
    source = encoded;
    sourceRows = sourceLengths == null ? 0 : encoded.length();
    if (capacity() < 1) {
      throw InvalidInputException.of("A source of %d tokens leaves no room in a context of %d positions.",
          encoded.length(), executable.limits().contextLength());
    }
    Arrays.fill(positions, 0);
    Arrays.fill(lengthBuffer, encoded.length());
    for (String name : encoded.rows().keySet()) {
      Value input = executable.program().input(name);
      if (input.extent() == Extent.FIXED) {
        int heads = input.shape().intAxis(0);
        if (input.shape().intAxis(1) != encoded.length()) {
          throw InvalidInputException.of("The decoder is for sources of %d tokens but this one has %d.", input.shape().intAxis(1), encoded.length());
        }
        executable.write(input, encoded.byHead(name, heads), input.width());
      }
    }
  }

  /** The number of sequence slots. */
  public int slots() {
    return positions.length;
  }

  /** The number of slots that one {@link #step} can feed: all, or as many as a run has rows whose logits can be read. */
  public int slotsTogether() {
    return Math.min(positions.length, Math.min(tokenBuffer.length, executable.limits().kept()));
  }

  /** The number of tokens that a slot has been fed with. */
  public int position(int slot) {
    return positions[slot];
  }

  /** Lets a slot start a new sequence. */
  public void reset(int slot) {
    positions[slot] = 0;
  }

  /**
   * Takes a slot to hold this many tokens, whose keys, values and other state somebody else has put there.
   *
   * @throws InvalidInputException if they do not fit
   */
  public void resume(int slot, int position) {
    checkFits(0, position);
    positions[slot] = position;
  }

  /** Lets a slot go on from where another one is. */
  public void fork(int from, int to) {
    if (from != to) {
      executable.copySlot(from, to, sourceRows + positions[from]);
      positions[to] = positions[from];
    }
  }

  /**
   * Feeds tokens to one slot, in as few runs as possible; then the logits after the last of them can be read.
   *
   * @throws InvalidInputException if there is no token, one is not in the vocabulary, they do not fit the model, or a sequence that has to start
   *     whole has more rows than a run
   */
  public void feed(int slot, int[] ids, int count) {
    if (count < 1) {
      throw new InvalidInputException("There is no token to feed; at least one is needed.");
    }
    checkFits(positions[slot], count);
    checkTokens(ids, count);
    if (positions[slot] == 0) {
      if (startsWhole) {
        startWhole(slot, ids, count);
        return;
      }
      feedSource(slot);
    }
    for (int done = 0; done < count; ) {
      int length = Math.min(count - done, tokenBuffer.length);
      System.arraycopy(ids, done, tokenBuffer, 0, length);
      run(slot, 1, length, done + length == count ? 1 : 0);
      done += length;
      progress.progressed("reading the prompt", done, count);
    }
  }

  /** Feeds the source and the first tokens in one run. */
  private void startWhole(int slot, int[] ids, int count) {
    int rows = sourceRows + count;
    if (rows > tokenBuffer.length) {
      throw InvalidInputException.of("A sequence of this model starts with one run of its source and prompt, which have %d tokens, but a run has at most %d.",
          rows, tokenBuffer.length);
    }
    progress.progressed("reading the prompt", 0, count);
    Arrays.fill(tokenBuffer, 0, sourceRows, 0);
    System.arraycopy(ids, 0, tokenBuffer, sourceRows, count);
    if (sourceRows > 0) {
      writeSource(0, sourceRows);
    }
    runAt(slot, 1, rows, 1, -sourceRows);
    positions[slot] = count;
    progress.progressed("reading the prompt", count, count);
  }

  private void writeSource(int from, int count) {
    for (Map.Entry<String, float[]> rows : source.rows().entrySet()) {
      Value input = executable.program().input(rows.getKey());
      int width = input.width();
      executable.write(input, Arrays.copyOfRange(rows.getValue(), from * width, (from + count) * width), count * width);
    }
  }

  /** Feeds the rows that the encoder made of the source, which stand before the first token. */
  private void feedSource(int slot) {
    Arrays.fill(tokenBuffer, 0);
    for (int done = 0; done < sourceRows; ) {
      int length = Math.min(sourceRows - done, tokenBuffer.length);
      writeSource(done, length);
      runAt(slot, 1, length, 0, done - sourceRows);
      done += length;
      progress.progressed("reading the source", done, sourceRows);
    }
  }

  /**
   * Feeds one token to each of several neighbouring slots; then the logits after them can be read.
   *
   * @throws InvalidInputException if a slot is full, a token is not in the vocabulary, these are more than {@link #slotsTogether}, or a sequence
   *     that has to start whole has a source and no token yet
   */
  public void step(int firstSlot, int sequences, int[] ids) {
    if (sequences < 1 || sequences > slotsTogether()) {
      throw InvalidInputException.of("The number of sequences of a step is %d but must be from 1 to %d.",
          sequences, slotsTogether());
    }
    for (int slot = firstSlot; slot < firstSlot + sequences; slot++) {
      checkFits(positions[slot], 1);
    }
    checkTokens(ids, sequences);
    for (int slot = firstSlot; slot < firstSlot + sequences; slot++) {
      if (positions[slot] == 0 && startsWhole && sourceRows > 0) {
        throw InvalidInputException.of("Slot %d has no token yet; the first one of a sequence of this model is fed to its slot alone.", slot);
      }
    }
    for (int slot = firstSlot; slot < firstSlot + sequences; slot++) {
      if (positions[slot] == 0) {
        feedSource(slot);
      }
    }
    System.arraycopy(ids, 0, tokenBuffer, 0, sequences);
    run(firstSlot, sequences, 1, 1);
  }

  /** Reads the logits of the last run: the vocabulary's for each of its sequences. */
  public void readLogits(float[] destination, int sequences) {
    executable.read(logits, destination, sequences * logits.width());
  }

  /** Whether the executable's program ends with a {@link TokenChoice}. */
  public boolean choosesGreedily() {
    return greedyId != null;
  }

  /**
   * Reads the most likely id after each sequence of the last run, instead of its logits.
   *
   * @param probabilities is overwritten
   * @throws InvalidInputException if logits are not numbers
   */
  public void readGreedyIds(int[] ids, float[] probabilities, int sequences) {
    executable.read(greedyId, ids, sequences);
    readLargestProbabilities(probabilities, sequences);
  }

  /** How many of the likeliest ids can be asked for; 0 if the program has no {@link TokenChoice}. */
  int mostLikeliest() {
    return likeliest == null ? 0 : likeliest.shape().intAxis(0);
  }

  /** Lets the runs to come find so many of the likeliest ids, of a program with a {@link TokenChoice}. */
  void wantLikeliest(int count) {
    if (likeliestCount != null) {
      executable.write(likeliestCount, new int[] {count}, 1);
    }
  }

  /**
   * Reads the likeliest ids after each sequence of the last run, instead of all logits.
   *
   * @param pairs is overwritten with {@link #mostLikeliest} pairs of a logit and its id for each sequence
   * @param probabilities is overwritten with those of the likeliest
   * @throws InvalidInputException if logits are not numbers
   */
  void readLikeliest(float[] pairs, float[] probabilities, int sequences) {
    executable.read(likeliest, pairs, sequences * likeliest.width());
    readLargestProbabilities(probabilities, sequences);
  }

  private void readLargestProbabilities(float[] probabilities, int sequences) {
    executable.read(largestProbability, probabilities, sequences);
    for (int i = 0; i < sequences; i++) {
      if (Float.isNaN(probabilities[i])) {
        throw new InvalidInputException("The model gave logits that are not numbers, so its weights or inputs are broken.");
      }
    }
  }

  private void run(int firstSlot, int sequences, int length, int kept) {
    runAt(firstSlot, sequences, length, kept, 0);
    for (int i = 0; i < sequences; i++) {
      positions[firstSlot + i] += length;
    }
  }

  private void runAt(int firstSlot, int sequences, int length, int kept, int offset) {
    executable.write(tokens, tokenBuffer, sequences * length);
    if (starts != null) {
      for (int i = 0; i < sequences; i++) {
        startBuffer[i] = sourceRows + positions[firstSlot + i] + offset;
      }
      executable.write(starts, startBuffer, sequences);
    }
    if (sourceLengths != null) {
      executable.write(sourceLengths, lengthBuffer, sequences);
    }
    executable.run(firstSlot, sequences, length, kept);
  }

  private void checkFits(int position, int count) {
    if (position + (long) count > capacity()) {
      throw InvalidInputException.of("%d tokens after %d do not fit a context of %d positions.", count, position, capacity());
    }
  }

  private void checkTokens(int[] ids, int count) {
    for (int i = 0; i < count; i++) {
      if (ids[i] < 0 || ids[i] >= logits.width()) {
        throw InvalidInputException.of("The token id %d is not in the vocabulary, whose ids are 0 to %d.",
            ids[i], logits.width() - 1);
      }
    }
  }

  /** Refuses a prompt that does not fit. */
  void checkPrompt(int[] prompt) {
    if (prompt.length > capacity()) {
      throw InvalidInputException.of("The prompt has %d tokens but the model's context holds %d.", prompt.length, capacity());
    }
  }

  /** Refuses ids that the model can't generate. */
  void checkStopIds(Set<Integer> stopIds) {
    for (int id : stopIds) {
      if (id < 0 || id >= logits.width()) {
        throw InvalidInputException.of("The stop id %d is not in the vocabulary, whose ids are 0 to %d.", id, logits.width() - 1);
      }
    }
  }
}
