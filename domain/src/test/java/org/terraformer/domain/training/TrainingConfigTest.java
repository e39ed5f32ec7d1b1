package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.recording.DropoutRates;

class TrainingConfigTest {
  private static final Map<String, Object> MODEL = Map.of("width", 8, "blocks", 1, "max_length", 64,
      "attention", Map.of("type", "dense", "heads", 2), "feed_forward", Map.of("type", "dense", "hidden_size", 16));

  private static final Map<String, Object> FAVOR = Map.of("type", "favor", "heads", 2);

  private static Map<String, Object> map(Object... changes) {
    return changed(Map.of("model", MODEL, "steps", 10, "length", 32, "samples", Map.of("tokens", 20)), changes);
  }

  /** The model with these fields. */
  private static Map<String, Object> with(Object... changes) {
    return changed(MODEL, changes);
  }

  private static Map<String, Object> changed(Map<String, Object> before, Object... changes) {
    Map<String, Object> map = new LinkedHashMap<>(before);
    for (int i = 0; i < changes.length; i += 2) {
      map.put((String) changes[i], changes[i + 1]);
    }
    return map;
  }

  private static TrainingConfig config(Object... changes) {
    return TrainingConfig.fromMap(map(changes), 300);
  }

  private static void refused(String message, Object... changes) {
    assertThatThrownBy(() -> config(changes)).isInstanceOf(InvalidInputException.class).hasMessageContaining(message);
  }

  @Test
  void theVocabularyIsTheTokenizersWhereTheModelDoesNotSay() {
    assertThat(config().model().vocabularySize()).isEqualTo(300);
    Map<String, Object> larger = new LinkedHashMap<>(MODEL);
    larger.put("vocabulary_size", 512);
    assertThat(config("model", larger).model().vocabularySize()).isEqualTo(512);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    TrainingConfig config = config("optimizer", Map.of("type", "adafactor", "decay_rate", 0.7), "schedule",
        "constant * rsqrt_decay",
        "clip", 1, "label_smoothing", 0.1, "dropout", 0.1, "accumulation", 4, "validation", Map.of("interval", 5));
    assertThat(TrainingConfig.fromMap(config.toMap(), 1).toMap()).isEqualTo(config.toMap());
  }

  @Test
  void aScheduleMayBeTraxsFactorsAlone() {
    assertThat(config("schedule", "constant * rsqrt_decay").rule().schedule().at(900)).isCloseTo(0.1 / 30, within(1e-12));
    assertThat(config("schedule", Map.of("type", "multifactor", "factors", "constant", "constant",
        0.02)).rule().schedule().at(7)).isEqualTo(0.02);
  }

  @Test
  void sentinelsAreIdsBesideThoseOfTheTokenizer() {
    TrainingConfig config = config("data", Map.of("type", "span_corruption", "window", 20), "length", null);
    assertThat(config.model().vocabularySize()).isEqualTo(301);
  }

  @Test
  void sentinelsAreNoOtherIds() {
    Map<String, Object> spans = Map.of("type", "span_corruption", "window", 20);
    refused("The field model.vocabulary_size is 300 but must be at least 301: the tokenizer has 300 ids and the data need 1 more, "
        + "for the spans to be filled in.", "data", spans, "length", null, "model", with("vocabulary_size", 300));
    for (String field : List.of("end_id", "padding_id", "start_id")) {
      refused("The field model." + field + " is 300, but the ids from 300 on stand for the spans to be filled in; "
          + "a model.vocabulary_size above 301 keeps them apart.",
          "data", spans, "length", null, "model", with("vocabulary_size", 301, field, 300));
    }
    TrainingConfig config = config("data", spans, "length", null, "model", with("vocabulary_size", 302, "end_id", 300));
    assertThatThrownBy(() -> config.withModel(config.model().withEndId(301))).isInstanceOf(InvalidInputException.class);
  }

  @Test
  void dropoutIsOneRateOrOneForEachPlace() {
    assertThat(config().dropout()).isEqualTo(DropoutRates.NONE);
    assertThat(config("dropout", 0.1).dropout()).isEqualTo(new DropoutRates(0.1, 0.1, 0.1, false));
    assertThat(config("dropout", Map.of("hidden", 0.2, "attention", 0.3, "shared_over_time", true)).dropout())
        .isEqualTo(new DropoutRates(0.2, 0, 0.3, true));
    refused("The field dropout is 1 but must be a number from 0", "dropout", 1);
    refused("The field dropout.hidden is -0.1 but must be a number from 0", "dropout", Map.of("hidden", -0.1));
    refused("The field dropout.attentions is unknown (did you mean attention?)", "dropout", Map.of("attentions", 0.1));
  }

  @Test
  void oneRateLeavesOutWhatTheModelHas() {
    TrainingConfig config = config("model", with("attention", FAVOR), "dropout", 0.1);
    assertThat(config.dropout()).isEqualTo(new DropoutRates(0.1, 0.1, 0.1, false));
    assertThat(TrainingConfig.fromMap(config.toMap(), 1).toMap()).isEqualTo(config.toMap());
  }

  @Test
  void attentionWithoutWeightsHasNoRateOfItsOwn() {
    String message = "The field dropout.attention is 0.1 but must be 0, as attention of the type favor has no weights to leave out.";
    Map<String, Object> dropout = Map.of("hidden", 0.1, "attention", 0.1);
    refused(message, "model", with("attention", FAVOR), "dropout", dropout);
    Map<String, Object> besideDense = with("attention", List.of(FAVOR, MODEL.get("attention")));
    assertThat(config("model", besideDense, "dropout", dropout).dropout().attention()).isEqualTo(0.1);
  }

  @Test
  void computingChosenUnitsAloneIsAnOptionOfSparseLayersWhoseCallsAreThenHard() {
    Map<String, Object> sparse = new LinkedHashMap<>(MODEL);
    sparse.put("feed_forward", Map.of("type", "sparse", "hidden_size", 16, "block_size", 4));
    TrainingConfig config = config("model", sparse, "sparse_compute", true);
    assertThat(config.model().feedForwardOf(0).options()).containsEntry("sparse_compute", true);
    assertThat(TrainingConfig.fromMap(config.toMap(), 1).toMap()).isEqualTo(config.toMap());
    refused("The field sparse_compute is true but the model has no feed-forward layer of the type sparse.", "sparse_compute", true);
  }

  @Test
  void howMemoryIsSavedIsToldByTwoFields() {
    assertThat(config().memory()).isEqualTo(new ActivationMemory(true, false));
    TrainingConfig config = config("recompute", false, "chunked", true);
    assertThat(config.memory()).isEqualTo(new ActivationMemory(false, true));
    assertThat(TrainingConfig.fromMap(config.toMap(), 1).toMap()).isEqualTo(config.toMap());
  }

  @Test
  void rowsInPartsCanNotShareWhatIsLeftOut() {
    assertThatThrownBy(() -> config("chunked", true, "dropout", 0.1)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The field chunked is true, so that feed-forward layers and logits are computed for a part of the rows at a time, which "
            + "can't share what is left out: dropout.feed_forward must be 0 and dropout.shared_over_time false.");
    config("chunked", true, "dropout", Map.of("hidden", 0.1, "attention", 0.1));
  }

  @Test
  void unknownAndWrongSettingsAreRefused() {
    refused("The field batchs is unknown (did you mean batch?)", "batchs", 4);
    refused("The field steps is 0 but must be a whole number from 1", "steps", 0);
    refused("The optimizer lion is unknown", "optimizer", "lion");
    refused("The field optimizer.b3 is unknown", "optimizer", Map.of("type", "adam", "b3", 1));
    refused("The factor 'sqrt' of the learning rate schedule", "schedule", "constant * sqrt");
    refused("The field validation.every is unknown", "validation", Map.of("every", 4));
    refused("The field samples.prompt has half of a surrogate pair, which is no character.", "samples", Map.of("prompt", "\ud800x"));
    refused("The field model is missing", "model", null);
    refused("The data novels are unknown; known are text, copy, pairs, span_corruption.", "data", "novels");
    refused("The field vocabulary_size is missing", "data", Map.of("type", "copy", "longest", 15));
    Map<String, Object> sized = new LinkedHashMap<>(MODEL);
    sized.put("vocabulary_size", 9);
    refused("The field length is 32 but follows from the field data and is 8; it may be left out", "model", sized, "data",
        Map.of("type", "copy", "longest", 3));
  }

  @Test
  void settingsThatContradictEachOtherAreRefused() {
    refused("The field length is 65 but the model knows 64 positions", "length", 65);
    refused("The field accumulation is 3 but must divide the batch of 16 sequences", "accumulation", 3);
    refused("The field samples.tokens is 64 but must be below the model's 64 positions", "samples", Map.of("tokens", 64));
  }

  @Test
  void onlyTheStepsMayChangeWhenATrainingGoesOn() {
    config("steps", 20).checkContinues(config());
    assertThatThrownBy(() -> config("batch", 3).checkContinues(config())).isInstanceOf(InvalidInputException.class)
        .hasMessage("The training was begun with another batch; only steps may change when it goes on.");
  }
}
