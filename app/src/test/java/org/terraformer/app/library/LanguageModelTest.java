package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.ports.failure.InvalidInputException;

class LanguageModelTest {
  @TempDir
  private static Path folder;

  @BeforeAll
  static void writeTheAlphabetModel() {
    AlphabetModel.write(folder);
  }

  @Test
  void theAlphabetGoesOn() {
    try (LanguageModel model = LanguageModel.load(folder)) {
      String text = model.generate("a b c", 6);
      assertThat(text).isEqualTo(" d e f");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"scalar", "cpu"})
  void everyBackendGoesOnWithTheDigits(String backend) {
    Settings settings = Settings.DEFAULT.withBackend(backend).withThreads(2).withContextLength(64);
    try (LanguageModel model = LanguageModel.load(folder, settings)) {
      assertThat(model.generate("7 8", 6)).isEqualTo(" 9 0 1");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "é", "日本語", "hello, world", "\u0000", "a\nb"})
  void anyPromptIsContinued(String prompt) {
    try (LanguageModel model = LanguageModel.load(folder)) {
      Sample sample = model.stream(prompt, 8, Sampling.GREEDY, 0, TokenListener.NONE);
      assertThat(sample.ids()).hasSize(8);
    }
  }

  @Test
  void theEmbeddedModelGoesOnInWords() {
    try (LanguageModel model = LanguageModel.embedded()) {
      assertThat(model.generate("It was a dark night, and", 40)).containsPattern("\\b(the|and|of|to|was)\\b");
    }
  }

  @Test
  void aPromptLongerThanTheContextIsRefusedWithBothNumbers() {
    try (LanguageModel model = LanguageModel.load(folder, Settings.DEFAULT.withContextLength(4))) {
      assertThatThrownBy(() -> model.generate("abcdef", 1)).isInstanceOf(InvalidInputException.class)
          .hasMessage("The prompt has 7 tokens but the model's context holds 4.");
    }
  }

  @Test
  void anUnknownBackendListsTheKnownOnes() {
    assertThatThrownBy(() -> LanguageModel.load(folder, Settings.DEFAULT.withBackend("gpu")))
        .isInstanceOf(InvalidInputException.class).hasMessage("The backend is gpu but must be one of cpu, scalar, tornado.");
  }

  @Test
  void aMissingFolderIsNamed() {
    assertThatThrownBy(() -> LanguageModel.load(Path.of("no-such-folder")))
        .isInstanceOf(InvalidInputException.class).hasMessage("There is no model folder no-such-folder.");
  }

  @Test
  void theSameSeedDrawsTheSameTextOnEveryBackend() {
    Sampling hot = new Sampling(30, 0, 1, 0, 1);
    try (LanguageModel scalar = LanguageModel.load(folder, Settings.DEFAULT.withBackend("scalar"));
        LanguageModel cpu = LanguageModel.load(folder, Settings.DEFAULT.withBackend("cpu").withThreads(2))) {
      List<Integer> first = scalar.stream("a", 20, hot, 5, TokenListener.NONE).ids();
      assertThat(cpu.stream("a", 20, hot, 5, TokenListener.NONE).ids()).isEqualTo(first);
      assertThat(scalar.stream("a", 20, hot, 6, TokenListener.NONE).ids()).isNotEqualTo(first);
    }
  }

  @Test
  void aSampleDoesNotDependOnHowManyOthersThereAre() {
    Sampling hot = new Sampling(30, 0, 1, 0, 1);
    try (LanguageModel model = LanguageModel.load(folder, Settings.DEFAULT.withSlots(3))) {
      List<Sample> three = model.generate(
          new GenerationRequest(model.prompt("a"), 10, hot, java.util.Set.of(), List.of(), 9, 3, true), TokenListener.NONE);
      List<Sample> seven = model.generate(
          new GenerationRequest(model.prompt("a"), 10, hot, java.util.Set.of(), List.of(), 9, 7, true), TokenListener.NONE);
      assertThat(seven.subList(0, 3)).isEqualTo(three);
      assertThat(seven).extracting(Sample::ids).doesNotHaveDuplicates();
    }
  }

  @Test
  void aStopTextEndsTheTextBeforeIt() {
    try (LanguageModel model = LanguageModel.load(folder)) {
      Sample sample = model.generate(new GenerationRequest(model.prompt("a b c"), 30, Sampling.GREEDY, java.util.Set.of(),
          List.of("g h"), 0, 1, false), TokenListener.NONE).getFirst();
      assertThat(sample.text()).isEqualTo(" d e f ");
      assertThat(sample.reason()).isEqualTo(Sample.FinishReason.STOP_TEXT);
    }
  }
}
