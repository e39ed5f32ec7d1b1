package org.terraformer.domain.decoding;

import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;

/**
 * Feeds tokens to a language model step by step: keeps the position of each sequence slot, runs prompts in pieces of as many rows as the
 * executable allows, and reads logits. For callers who decode in a way of their own; the others use {@link Generator}. Not thread-safe.
 */
public final class DecodingSession {
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
   */
  public DecodingSession(Executable executable, int maxLength, ProgressListener progress) {
    Program program = executable.program();
    this.executable = executable;
    this.tokens = program.input("tokens");
    this.logits = program.output("logits");
    this.starts = program.hasInput(Recorder.POSITIONS) ? program.input(Recorder.POSITIONS) : null;
    this.capacity = Math.min(maxLength, executable.limits().contextLength());
    this.positions = new int[executable.limits().sequences()];
    this.tokenBuffer = new int[executable.limits().rows()];
    this.startBuffer = new int[executable.limits().sequences()];
    this.progress = progress;
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

  /** The number of tokens that a slot has been fed with. */
  public int position(int slot) {
    return positions[slot];
  }

  /** Lets a slot start a new sequence. */
  public void reset(int slot) {
    positions[slot] = 0;
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
    if (positions[slot] + (long) count > capacity) {
      throw InvalidInputException.of("%d tokens after %d do not fit a context of %d positions.", count, positions[slot], capacity);
    }
    for (int i = 0; i < count; i++) {
      checkToken(ids[i]);
    }
    for (int done = 0; done < count; ) {
      int length = Math.min(count - done, tokenBuffer.length);
      System.arraycopy(ids, done, tokenBuffer, 0, length);
      run(slot, 1, length, done + length == count ? 1 : 0);
      done += length;
      progress.progressed("reading the prompt", done, count);
    }
  }

  /** Feeds one token to each of several neighbouring slots; then the logits after them can be read. */
  public void step(int firstSlot, int sequences, int[] ids) {
    for (int i = 0; i < sequences; i++) {
      if (positions[firstSlot + i] >= capacity) {
        throw InvalidInputException.of("One more token does not fit a context of %d positions.", capacity);
      }
      checkToken(ids[i]);
      tokenBuffer[i] = ids[i];
    }
    run(firstSlot, sequences, 1, 1);
  }

  /** Reads the logits of the last run: the vocabulary's for each of its sequences. */
  public void readLogits(float[] destination, int sequences) {
    executable.read(logits, destination, sequences * logits.width());
  }

  /**
   * Feeds all tokens to slot 0, from its start, and adds up what the model gives each but the first, given those before it.
   *
   * @return the sum of log-probabilities of tokens 1 to count - 1, in nats
   */
  public double score(int[] ids, int count) {
    reset(0);
    float[] all = new float[tokenBuffer.length * logits.width()];
    double sum = 0;
    for (int done = 0; done < count - 1; ) {
      int length = Math.min(count - 1 - done, tokenBuffer.length);
      System.arraycopy(ids, done, tokenBuffer, 0, length);
      run(0, 1, length, length);
      readLogits(all, length);
      for (int i = 0; i < length; i++) {
        sum += logProbability(all, i * logits.width(), logits.width(), ids[done + i + 1]);
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

  private void checkToken(int id) {
    if (id < 0 || id >= logits.width()) {
      throw InvalidInputException.of("The token id %d is not in the vocabulary, whose ids are 0 to %d.", id, logits.width() - 1);
    }
  }

  /** The logarithm of the softmax probability of an id, in double precision. */
  static double logProbability(float[] logits, int start, int size, int id) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = start; i < start + size; i++) {
      largest = Math.max(largest, logits[i]);
    }
    double sum = 0;
    for (int i = start; i < start + size; i++) {
      sum += Math.exp(logits[i] - largest);
    }
    return logits[start + id] - largest - Math.log(sum);
  }
}
