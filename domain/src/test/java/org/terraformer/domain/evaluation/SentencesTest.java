package org.terraformer.domain.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentencesTest {

  @Test
  void aSentenceEndsWithAMarkBeforeACapitalOrWithItsLine() {
    assertThat(Sentences.of("It rained. Did it? \u201CYes!\u201D Then 3.5 mm fell. 4 more came.\nThe end."))
        .containsExactly("It rained.", "Did it?", "\u201CYes!\u201D", "Then 3.5 mm fell.", "4 more came.", "The end.");
  }

  @Test
  void abbreviationsAndInitialsDoNotEndASentence() {
    assertThat(Sentences.of("As Miller et al. (2000) say, see Fig. 3 by J. R. Smith. It works (cf. Eq. 2)."))
        .containsExactly("As Miller et al. (2000) say, see Fig. 3 by J. R. Smith.", "It works (cf. Eq. 2).");
  }

  @Test
  void headingsAreNoSentences() {
    assertThat(Sentences.of("1 Introduction\nWe begin. We go on.\n2 Method\nWe end.")).containsExactly("We begin.", "We go on.", "We end.");
  }

  @Test
  void whereNoLineEndsWithAMarkEachLineIsASentence() {
    assertThat(Sentences.of("roses are red\n\n violets are blue ")).containsExactly("roses are red", "violets are blue");
    assertThat(Sentences.of("")).isEmpty();
  }

  @Test
  void theLeadIsTheFirstSentencesEachOnALine() {
    assertThat(Sentences.lead("Title\nOne is here. Two is there. Three is nowhere.", 2)).isEqualTo("One is here.\nTwo is there.");
    assertThat(Sentences.lead("One.", 3)).isEqualTo("One.");
  }
}
