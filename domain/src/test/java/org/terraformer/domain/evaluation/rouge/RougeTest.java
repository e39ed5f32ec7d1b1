package org.terraformer.domain.evaluation.rouge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;

class RougeTest {
  private static RougeScore score(RougeType type, String reference, String candidate) {
    return new Rouge(false).score(reference, candidate).get(type);
  }

  private static void assertScore(RougeScore score, double precision, double recall) {
    assertThat(score.precision()).isEqualTo(precision, within(1e-12));
    assertThat(score.recall()).isEqualTo(recall, within(1e-12));
    assertThat(score.f1()).isEqualTo(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall), within(1e-12));
  }

  @Test
  void wordsThatBothTextsHaveAreOverTheirNumbersOfWords() {
    assertScore(score(RougeType.ROUGE_1, "testing one two", "testing"), 1, 1 / 3.0);
    assertScore(score(RougeType.ROUGE_1, "the cat sat on the mat", "the dog sat"), 2 / 3.0, 2 / 6.0);
  }

  @Test
  void aWordMatchesAsOftenAsItOccursInBoth() {
    assertScore(score(RougeType.ROUGE_1, "the cat", "the the the"), 1 / 3.0, 1 / 2.0);
    assertScore(score(RougeType.ROUGE_1, "the cat and the dog", "the the the"), 2 / 3.0, 2 / 5.0);
  }

  @Test
  void pairsOfAdjacentWordsMustStandTogetherInBoth() {
    assertScore(score(RougeType.ROUGE_2, "testing one two", "testing one"), 1, 1 / 2.0);
    assertScore(score(RougeType.ROUGE_2, "police killed the gunman", "police kill the gunman"), 1 / 3.0, 1 / 3.0);
    assertScore(score(RougeType.ROUGE_2, "one two", "one"), 0, 0);
  }

  @Test
  void aCommonSubsequenceMayHaveGapsButKeepsItsOrder() {
    String reference = "police killed the gunman";
    assertScore(score(RougeType.ROUGE_L, reference, "police kill the gunman"), 3 / 4.0, 3 / 4.0);
    assertScore(score(RougeType.ROUGE_L, reference, "the gunman kill police"), 2 / 4.0, 2 / 4.0);
    assertScore(score(RougeType.ROUGE_L, reference, "the gunman police killed"), 2 / 4.0, 2 / 4.0);
  }

  /** Lin's example: the union of what {@code w1 w2} and {@code w1 w3 w5} find is four of the five words. */
  @Test
  void eachSentenceOfTheReferenceMatchesAgainstAllSentencesOfTheCandidate() {
    RougeScore score = score(RougeType.ROUGE_LSUM, "w1 w2 w3 w4 w5", "w1 w2 w6 w7 w8\nw1 w3 w8 w9 w5");
    assertScore(score, 4 / 10.0, 4 / 5.0);
  }

  @Test
  void aWordOfASummaryIsCountedOnlyAsOftenAsTheCandidateHasIt() {
    assertScore(score(RougeType.ROUGE_LSUM, "a b\na c", "a"), 1, 1 / 4.0);
  }

  @Test
  void theOrderOfSentencesMattersToTheWholeTextOnly() {
    String reference = "a b c\nd e f";
    String candidate = "d e f\na b c";
    assertScore(score(RougeType.ROUGE_LSUM, reference, candidate), 1, 1);
    assertScore(score(RougeType.ROUGE_L, reference, candidate), 3 / 6.0, 3 / 6.0);
  }

  @Test
  void withoutLineBreaksBothAreTheSameWhereNoWordIsRepeated() {
    Map<RougeType, RougeScore> scores = new Rouge(false).score("a b c d e", "a x c y e z");
    assertThat(scores.get(RougeType.ROUGE_LSUM)).isEqualTo(scores.get(RougeType.ROUGE_L));
  }

  @Test
  void capitalsAndMarksDoNotCount() {
    assertScore(score(RougeType.ROUGE_1, "The state-of-the-art, in 2021!", "the STATE of the art (in 2021)"), 1, 1);
    assertScore(score(RougeType.ROUGE_1, "na\u00EFve", "na ve"), 1, 1);
  }

  @Test
  void onlyStemsOfLongerWordsAreCompared() {
    assertScore(new Rouge(true).score("the models trained", "the model trains").get(RougeType.ROUGE_2), 1, 1);
    assertScore(score(RougeType.ROUGE_2, "the models trained", "the model trains"), 0, 0);
    assertScore(new Rouge(true).score("gas", "ga").get(RougeType.ROUGE_1), 0, 0);
  }

  @Test
  void anEmptyTextHasNothingInCommon() {
    for (RougeType type : RougeType.values()) {
      assertThat(score(type, "", "a b")).isEqualTo(RougeScore.ZERO);
      assertThat(score(type, "a b", " .\n\n")).isEqualTo(RougeScore.ZERO);
    }
  }

  @Test
  void theMeanOfF1IsNotTheF1OfTheMeans() {
    RougeMean mean = new RougeMean();
    mean.add(new Rouge(false).score("a b c d", "a"));
    mean.add(new Rouge(false).score("a", "a"));
    RougeScore score = mean.scores().get(RougeType.ROUGE_1);
    assertThat(mean.count()).isEqualTo(2);
    assertThat(score.precision()).isEqualTo(1);
    assertThat(score.recall()).isEqualTo(0.625);
    assertThat(score.f1()).isEqualTo(0.7, within(1e-12));
  }

  @Test
  void noTextsHaveNoMean() {
    assertThatThrownBy(() -> new RougeMean().scores()).isInstanceOf(InvalidInputException.class)
        .hasMessage("There are no texts to compute ROUGE of.");
  }
}
