package org.terraformer.app.training;

import org.terraformer.domain.decoding.DecodingSession;
import org.terraformer.domain.decoding.Generator;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.TokenListener;

/** Draws texts from a model while it is trained. */
record SampleText(SamplePrompt prompt, DecodingSession session) {

  /** The prompt and what the model makes of it. */
  String draw(long step) {
    Sample sample = new Generator(session, prompt.tokenizer()).generate(prompt.request(step), TokenListener.NONE).getFirst();
    return prompt.samples().prompt() + (prompt.tokenizer().isPresent() ? sample.text() : sample.ids().toString());
  }
}
