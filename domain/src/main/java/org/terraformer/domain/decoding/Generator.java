package org.terraformer.domain.decoding;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.terraformer.domain.decoding.Sample.FinishReason;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.text.Tokenizer;

/**
 * Generates samples token by token. Samples of one prompt share its processing: it is fed once, its state copied, and their next
 * tokens are computed together as far as there are slots. Each sample draws from a stream of its own, so that its draws do not
 * depend on the others; neither do its logits, up to rounding, as a kernel for several sequences may add up in another order than
 * one for a single one.
 */
public final class Generator {
  private final DecodingSession session;
  private final Optional<Tokenizer> tokenizer;

  public Generator(DecodingSession session, Optional<Tokenizer> tokenizer) {
    this.session = session;
    this.tokenizer = tokenizer;
  }

  /**
   * Generates the samples of a request. A prompt that fills the context is continued by one token.
   *
   * @return the samples in order; if the listener wanted no more, those that had begun
   * @throws InvalidInputException if the prompt does not fit the model, an id is not in its vocabulary, stop texts are given
   *     without a tokenizer, or the model gives logits that are not numbers
   */
  public List<Sample> generate(GenerationRequest request, TokenListener listener) {
    if (!request.stopTexts().isEmpty() && tokenizer.isEmpty()) {
      throw new InvalidInputException("Stop texts need a tokenizer, but the model has none; stop ids can be used.");
    }
    int[] prompt = request.prompt().stream().mapToInt(Integer::intValue).toArray();
    session.checkPrompt(prompt);
    session.checkStopIds(request.stopIds());
    List<Sample> samples = new ArrayList<>();
    boolean goesOn = true;
    while (goesOn && samples.size() < request.samples()) {
      int together = Math.min(session.slotsTogether(), request.samples() - samples.size());
      Batch batch = new Batch(request, prompt, samples.size(), together);
      goesOn = batch.run(listener);
      samples.addAll(batch.samples());
    }
    return samples;
  }

  /** Samples that are decoded together. Those that have not ended lie in the slots from 0 on. */
  private final class Batch {
    private final GenerationRequest request;
    private final NextIds ids;
    private final int[] next;
    private final List<GrowingSample> all = new ArrayList<>();
    private final GrowingSample[] bySlot;
    private int running;

    private Batch(GenerationRequest request, int[] prompt, int first, int count) {
      int vocabulary = session.vocabularySize();
      this.request = request;
      this.ids = ids(count);
      this.next = new int[count];
      this.bySlot = new GrowingSample[count];
      this.running = count;
      session.reset(0);
      session.feed(0, prompt, prompt.length);
      ids.read(1);
      int longest = Math.min(request.maxTokens(), session.capacity() - prompt.length + 1);
      for (int i = 0; i < count; i++) {
        session.fork(0, i);
        ids.copyFirst(i);
        bySlot[i] = new GrowingSample(request, prompt, vocabulary, first + i, tokenizer.orElse(null), longest);
        bySlot[i].slot = i;
        all.add(bySlot[i]);
      }
    }

    private NextIds ids(int count) {
      boolean greedy = session.choosesGreedily() && request.sampling().likeliest();
      boolean amongLikeliest = !greedy && LikeliestIds.serves(session, request);
      session.wantLikeliest(amongLikeliest ? request.sampling().topK() : 0);
      return greedy ? new GreedyIds(session, count)
          : amongLikeliest ? new LikeliestIds(session, request, count) : new SampledIds(session, request, count);
    }

    /** Decodes until all samples have ended; says whether the listener wants more. */
    private boolean run(TokenListener listener) {
      while (true) {
        for (GrowingSample sample : all) {
          if (sample.reason == null && !grow(sample, listener)) {
            all.forEach(GrowingSample::cancel);
            return false;
          }
        }
        closeGaps();
        if (running == 0) {
          return true;
        }
        session.step(0, running, next);
        ids.read(running);
      }
    }

    private boolean grow(GrowingSample sample, TokenListener listener) {
      int id = ids.choose(sample);
      if (request.stopIds().contains(id)) {
        return sample.finish(FinishReason.STOP_ID, listener);
      }
      next[sample.slot] = id;
      return sample.add(id, request.logProbabilities() ? ids.logProbability(sample.slot, id) : 0, listener);
    }

    /** Moves samples from the last slots to those of samples that have ended, which then cost nothing more. */
    private void closeGaps() {
      for (int slot = running - 1; slot >= 0; slot--) {
        if (bySlot[slot].reason != null) {
          running--;
          if (slot < running) {
            session.fork(running, slot);
            next[slot] = next[running];
            bySlot[slot] = bySlot[running];
            bySlot[slot].slot = slot;
          }
        }
      }
    }

    private List<Sample> samples() {
      return all.stream().map(GrowingSample::sample).toList();
    }
  }
}
