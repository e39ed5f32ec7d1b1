package org.terraformer.domain.evaluation.rouge;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PorterStemmerTest {

  /** Porter's own examples of his steps, one after another. */
  @ParameterizedTest
  @CsvSource({"caresses, caress", "ponies, poni", "caress, caress", "cats, cat", "feed, feed", "agreed, agre", "plastered, plaster",
      "bled, bled", "motoring, motor", "sing, sing", "conflated, conflat", "troubled, troubl", "sized, size", "hopping, hop",
      "falling, fall", "hissing, hiss", "fizzed, fizz", "failing, fail", "filing, file", "happy, happi", "relational, relat",
      "conditional, condit", "rational, ration", "valenci, valenc", "digitizer, digit", "radicalli, radic", "vietnamization, vietnam",
      "operator, oper", "feudalism, feudal", "decisiveness, decis", "hopefulness, hope", "callousness, callous", "formaliti, formal",
      "sensibiliti, sensibl", "triplicate, triplic", "formative, form", "formalize, formal", "electrical, electr", "hopeful, hope",
      "goodness, good", "revival, reviv", "allowance, allow", "inference, infer", "airliner, airlin", "adjustable, adjust",
      "replacement, replac", "adoption, adopt", "communism, commun", "activate, activ", "effective, effect", "probate, probat",
      "rate, rate", "cease, ceas", "controll, control", "roll, roll"})
  void aStemIsPorters(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }

  @ParameterizedTest
  @CsvSource({"skies, sky", "dying, die", "news, news", "innings, inning", "proceed, proceed", "dies, die", "died, die", "tried, tri",
      "enjoy, enjoy", "say, say", "as, as", "archaeology, archaeolog", "gratefully, grate", "radically, radic"})
  void theExceptionsAreThoseThatRougeIsComputedWith(String word, String stem) {
    assertThat(PorterStemmer.stem(word)).isEqualTo(stem);
  }
}
