package org.terraformer.app.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.terraformer.app.text.Tokenizers;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.evaluation.EvaluationProgram;
import org.terraformer.domain.evaluation.LastWord;
import org.terraformer.domain.evaluation.Passage;
import org.terraformer.domain.evaluation.PassageScores;
import org.terraformer.domain.evaluation.Scorer;
import org.terraformer.domain.evaluation.SlidingWindow;
import org.terraformer.domain.evaluation.TextScore;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.InitialWeights;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.text.TokenSequence;

class SlidingWindowTest {
  private static final int CONTEXT = 8;
  private static final ModelConfig CONFIG = ModelConfig.fromMap(Map.of(
      "model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 7, "width", 8,
      "blocks", 1, "max_length", CONTEXT, "attention", Map.of("type", "dense", "heads", 2),
      "feed_forward", Map.of("type", "dense", "hidden_size", 8)));
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final NamedTensors WEIGHTS =
      InitialWeights.draw(TrainingProgram.record(CONFIG, TYPES, new Recorder(), 0), 3, Arena.ofAuto());
  private static final Executable EXECUTABLE = new ScalarBackend(ScalarKernels.all()).prepare(
      EvaluationProgram.record(CONFIG, TYPES), WEIGHTS, new ExecutionLimits(3, 3 * CONTEXT, CONTEXT), ProgressListener.NONE);

  private static Scorer scorer() {
    return new Scorer(EXECUTABLE, CONFIG.startId(), CONFIG.vocabularySize());
  }

  private static int[] text(int length) {
    int[] text = new int[length];
    for (int i = 0; i < length; i++) {
      text[i] = i * i * 5 % 7;
    }
    return text;
  }

  /** The loss of one token given the tokens before it from a place on. */
  private static double loss(int[] text, int from, int token) {
    Scorer scorer = scorer();
    scorer.run(Arrays.copyOfRange(text, from, token + 1), 1, token + 1 - from, 1);
    return scorer.loss(0);
  }

  @Property(tries = 60)
  void eachTokenIsScoredOnceWithAsMuchBeforeItAsTheWindowLeaves(@ForAll @IntRange(min = 1, max = 40) int length,
      @ForAll @IntRange(min = 1, max = CONTEXT) int window, @ForAll @IntRange(min = 1, max = CONTEXT) int wantedStride) {
    int stride = Math.min(wantedStride, window);
    int[] text = text(length);
    double expected = 0;
    int end = Math.min(window, length);
    for (int token = 0; token < length; token++) {
      if (token == end) {
        end = Math.min(length, end + stride);
      }
      expected += loss(text, Math.max(0, end - window), token);
    }
    TextScore score = new SlidingWindow(window, stride).score(TokenSequence.of(text), scorer(), ProgressListener.NONE);
    assertThat(score.tokens()).isEqualTo(length);
    assertThat(score.nats()).isCloseTo(expected, within(1e-4 * length));
  }

  @Test
  void perplexityAndBitsPerByteFollowFromTheSum() {
    TextScore score = new TextScore(4, 4 * Math.log(8), 1);
    assertThat(score.perplexity()).isCloseTo(8, within(1e-12));
    assertThat(score.bitsPerByte(6)).isCloseTo(2, within(1e-12));
    assertThat(score.accuracy()).isEqualTo(0.25);
  }

  @Test
  void passagesAreScoredTheSameTogetherOrAlone() {
    List<Passage> passages = List.of(new Passage(text(5), 2), Passage.whole(text(3)), new Passage(text(5), 1),
        new Passage(text(8), 3), Passage.whole(text(5)), new Passage(text(5), 4), new Passage(text(12), 2));
    PassageScores scores = PassageScores.of(passages, scorer(), ProgressListener.NONE);
    for (int i = 0; i < passages.size(); i++) {
      PassageScores alone = PassageScores.of(List.of(passages.get(i)), scorer(), ProgressListener.NONE);
      assertThat(scores.nats(i)).isCloseTo(alone.nats(0), within(1e-5));
      assertThat(scores.right(i)).isEqualTo(alone.right(0));
      assertThat(scores.tokens(i)).isEqualTo(passages.get(i).scored());
    }
    assertThat(scores.nats(0)).isCloseTo(loss(text(5), 0, 3) + loss(text(5), 0, 4), within(1e-5));
  }

  @Test
  void theLastWordIsScoredWithTheSpaceBeforeIt() {
    Passage passage = LastWord.of("to be or not to be \n", Tokenizers.bytes().tokenizer());
    assertThat(passage.scored()).isEqualTo(3);
    assertThat(passage.tokens()).hasSize("to be or not to be".length());
    assertThat(LastWord.word("to be or not to be \n")).isEqualTo(" be");
    assertThatThrownBy(() -> LastWord.of("be", Tokenizers.bytes().tokenizer())).isInstanceOf(InvalidInputException.class);
  }
}
