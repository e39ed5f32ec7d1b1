package org.terraformer.domain.decoding;

import java.util.Set;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;

/**
 * Feeds tokens to a language model step by step: keeps the position of each sequence slot, runs prompts in pieces of as many rows
 * as the executable allows, and reads logits. For callers who decode in a way of their own; the others use {@link Generator}. Not
 * thread-safe.
 */
public final class DecodingSession {
  /** Logits that {@link #score} reads at once. */
  private static final int MOST_SCORED = 1 << 22;

  private final Executable executable;
  private final Value tokens;
  private final Value logits;
  private final Value starts;
  private final int capacity;
  private final int[] positions;
  private final int[] tokenBuffer;
  private final int[] startBuffer;
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
    this.starts = program.hasInput(Recorder.POSITIONS) ? program.input(Recorder.POSITIONS) : null;
    this.capacity = Math.min(maxLength, executable.limits().contextLength());
    this.positions = new int[executable.limits().sequences()];
    this.tokenBuffer = new int[executable.limits().rows()];
    this.progress = progress;
    this.startBuffer = new int[positions.length];
    if ((long) positions.length * logits.width() > Integer.MAX_VALUE) {
      throw InvalidInputException.of("The number of sequence slots is %d but with a vocabulary of %d at most %d are possible.",
          positions.length, logits.width(), Integer.MAX_VALUE / logits.width());
    }
  }

  ProgressListener progress() {
    return progress;
  }

  public int vocabularySize() {
    return logits.width();
  }

  /** The number of positions of a sequence: the model's or the executable's, whichever is less. */
  public int capacity() {
    return capacity;
  }

  /** The number of sequence slots. */
  public int slots() {
    return positions.length;
  }

  /** The number of slots that one {@link #step} can feed: all, or as many as a run has rows. */
  public int slotsTogether() {
    return Math.min(positions.length, tokenBuffer.length);
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
      executable.copySlot(from, to, positions[from]);
      positions[to] = positions[from];
    }
  }

  /**
   * Feeds tokens to one slot, in as few runs as possible; then the logits after the last of them can be read.
   *
   * @throws InvalidInputException if there is no token, one is not in the vocabulary, or they do not fit the model
   */
  public void feed(int slot, int[] ids, int count) {
    if (count < 1) {
      throw new InvalidInputException("There is no token to feed; at least one is needed.");
    }
    checkFits(positions[slot], count);
    checkTokens(ids, count);
    for (int done = 0; done < count; ) {
      int length = Math.min(count - done, tokenBuffer.length);
      System.arraycopy(ids, done, tokenBuffer, 0, length);
      run(slot, 1, length, done + length == count ? 1 : 0);
      done += length;
      progress.progressed("reading the prompt", done, count);
    }
  }

  /**
   * Feeds one token to each of several neighbouring slots; then the logits after them can be read.
   *
   * @throws InvalidInputException if a slot is full, a token is not in the vocabulary, or these are more than
   *     {@link #slotsTogether}
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
    System.arraycopy(ids, 0, tokenBuffer, 0, sequences);
    run(firstSlot, sequences, 1, 1);
  }

  /** Reads the logits of the last run: the vocabulary's for each of its sequences. */
  public void readLogits(float[] destination, int sequences) {
    executable.read(logits, destination, sequences * logits.width());
  }

  /**
   * Feeds all tokens but the last to slot 0, from its start, and adds up what the model gives each but the first, given those
   * before it.
   *
   * @return the sum of log-probabilities of tokens 1 to count - 1, in nats; 0 for a single token
   * @throws InvalidInputException if there is no token, one is not in the vocabulary, or they do not fit the model
   */
  public double score(int[] ids, int count) {
    if (count < 1) {
      throw new InvalidInputException("There is no token to score; at least one is needed.");
    }
    checkFits(0, count - 1);
    checkTokens(ids, count);
    reset(0);
    int piece = Math.clamp(MOST_SCORED / logits.width(), 1, tokenBuffer.length);
    float[] all = new float[Math.min(piece, count) * logits.width()];
    double sum = 0;
    for (int done = 0; done < count - 1; ) {
      int length = Math.min(count - 1 - done, piece);
      System.arraycopy(ids, done, tokenBuffer, 0, length);
      run(0, 1, length, length);
      readLogits(all, length);
      for (int i = 0; i < length; i++) {
        sum += Logits.logProbability(all, i * logits.width(), logits.width(), ids[done + i + 1]);
      }
      done += length;
    }
    return sum;
  }

  private void run(int firstSlot, int sequences, int length, int kept) {
    executable.write(tokens, tokenBuffer, sequences * length);
    if (starts != null) {
      System.arraycopy(positions, firstSlot, startBuffer, 0, sequences);
      executable.write(starts, startBuffer, sequences);
    }
    executable.run(firstSlot, sequences, length, kept);
    for (int i = 0; i < sequences; i++) {
      positions[firstSlot + i] += length;
    }
  }

  private void checkFits(int position, int count) {
    if (position + (long) count > capacity) {
      throw InvalidInputException.of("%d tokens after %d do not fit a context of %d positions.", count, position, capacity);
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
    if (prompt.length > capacity) {
      throw InvalidInputException.of("The prompt has %d tokens but the model's context holds %d.", prompt.length, capacity);
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
