package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.embedded.AlphabetModel;
import org.terraformer.app.format.ModelFolder.WriteOptions;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

/** A model is written as a whole or not at all, and one that is there is never damaged. */
class ModelFolderTest {
  private static final ModelConfig CONFIG = AlphabetModel.config();
  private static final WriteOptions REPLACE = new WriteOptions(Long.MAX_VALUE, true, Map.of());

  @TempDir
  private Path home;

  private static NamedTensors weights(float value) {
    return new NamedTensors("a test", List.of(Tensor.of("weight", Shape.of(4), new float[] {value, value, value, value})));
  }

  private Map<String, byte[]> files() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(home)) {
      for (Path file : all.filter(each -> !each.equals(home)).toList()) {
        files.put(home.relativize(file).toString(), Files.isDirectory(file) ? new byte[0] : Files.readAllBytes(file));
      }
    }
    return files;
  }

  private void refusedWithoutATrace(Runnable write, String sentence) throws IOException {
    Map<String, byte[]> before = files();
    assertThatThrownBy(write::run).isInstanceOf(InvalidInputException.class).hasMessage(sentence);
    assertThat(files()).containsExactlyEntriesOf(before);
  }

  @Test
  void aModelThatIsThereIsNotWrittenOver() throws Exception {
    Path folder = home.resolve("model");
    new ModelFolder(folder).write(CONFIG, weights(1), ProgressListener.NONE);
    refusedWithoutATrace(() -> new ModelFolder(folder).write(CONFIG, weights(2), ProgressListener.NONE),
        "The folder %s already holds a model (config.json); give a folder without one, or --overwrite.".formatted(folder));
  }

  @Test
  void aModelThatMayBeReplacedIsReplacedWithAllItsFiles() throws Exception {
    Path folder = home.resolve("model");
    new ModelFolder(folder).write(CONFIG, weights(1), ProgressListener.NONE);
    Files.writeString(folder.resolve("notes.txt"), "mine");
    NamedTensors two = new NamedTensors("a test", List.of(Tensor.of("a", Shape.of(1), new float[1]), Tensor.of("b", Shape.of(1), new float[1])));
    new ModelFolder(folder).write(CONFIG, WeightStream.of(two), new WriteOptions(4, true, Map.of()), ProgressListener.NONE);
    assertThat(files()).containsOnlyKeys("model", "model/config.json", "model/notes.txt", "model/model.safetensors.index.json",
        "model/model-00001-of-00002.safetensors", "model/model-00002-of-00002.safetensors");
    try (Arena arena = Arena.ofConfined()) {
      assertThat(new ModelFolder(folder).weights(arena).names()).containsExactlyInAnyOrder("a", "b");
    }
  }

  /** A model in a folder, with vocabularies of these names. */
  private Path model(String name, float weight, String... vocabularies) throws IOException {
    Map<String, Path> companions = new TreeMap<>();
    for (String vocabulary : vocabularies) {
      companions.put(vocabulary, Files.writeString(home.resolve(vocabulary), "of " + weight));
    }
    Path folder = home.resolve(name);
    new ModelFolder(folder).write(CONFIG, WeightStream.of(weights(weight)), new WriteOptions(Long.MAX_VALUE, true, companions),
        ProgressListener.NONE);
    for (String vocabulary : vocabularies) {
      Files.delete(home.resolve(vocabulary));
    }
    return folder;
  }

  private static Map<String, String> content(Path folder) throws IOException {
    Map<String, String> content = new TreeMap<>();
    for (Path file : ModelFiles.of(folder)) {
      content.put(file.getFileName().toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
    }
    return content;
  }

  private static float weight(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      return Conversion.toFloats(new ModelFolder(folder).weights(arena).find("weight").orElseThrow())[0];
    }
  }

  @Test
  void aModelIsReplacedWithItsVocabularyWhateverKindThatIs() throws Exception {
    for (String old : List.of("tokenizer.json", "en_8k.subword", "en.model", "vocab.json", "merges.txt")) {
      Path folder = model("model", 1, old);
      Files.writeString(folder.resolve("notes.md"), "mine");
      model("model", 2, "en_16k.subword");
      assertThat(content(folder)).containsOnlyKeys("config.json", "model.safetensors", "en_16k.subword", "notes.md");
      model("model", 3);
      assertThat(content(folder)).containsOnlyKeys("config.json", "model.safetensors", "notes.md");
    }
  }

  @Test
  void aVocabularyWithoutAModelStaysForAModelThatBringsNone() throws Exception {
    Files.writeString(Files.createDirectories(home.resolve("model")).resolve("en.subword"), "mine");
    new ModelFolder(home.resolve("model")).write(CONFIG, weights(1), ProgressListener.NONE);
    assertThat(content(home.resolve("model"))).containsEntry("en.subword", "mine").containsKey("config.json");
  }

  @Test
  void aVocabularyWithoutAModelIsNotReplacedUnasked() throws Exception {
    Path folder = Files.createDirectories(home.resolve("model"));
    Files.writeString(folder.resolve("tokenizer.json"), "mine");
    Path vocabulary = Files.writeString(home.resolve("en.subword"), "new");
    WriteOptions options = new WriteOptions(Long.MAX_VALUE, false, Map.of("en.subword", vocabulary));
    refusedWithoutATrace(() -> new ModelFolder(folder).write(CONFIG, WeightStream.of(weights(1)), options, ProgressListener.NONE),
        "The folder %s already holds a vocabulary (tokenizer.json); give a folder without one, or --overwrite."
            .formatted(folder));
    model("model", 1, "en.subword");
    assertThat(content(folder)).containsOnlyKeys("config.json", "model.safetensors", "en.subword");
  }

  /** A folder with an old model, where a program was ended after some steps of replacing it by a new one. */
  private Path replacedInPart(int steps) throws IOException {
    Path folder = model("steps" + steps, 1, "tokenizer.json");
    Files.writeString(folder.resolve("notes.md"), "mine");
    Files.move(model("made" + steps, 2, "en.subword"), folder.resolve(StagedFolder.WHOLE));
    for (int i = 0; i < steps; i++) {
      assertThat(StagedFolder.advance(folder)).isTrue();
    }
    return folder;
  }

  @Test
  void whereverReplacingIsInterruptedThereIsTheOldModelOrTheNewOrOneThatIsRefused() throws Exception {
    Map<String, String> before = content(replacedInPart(0));
    Map<String, String> after = content(replacedInPart(8));
    assertThat(before).containsOnlyKeys("config.json", "model.safetensors", "notes.md", "tokenizer.json");
    assertThat(after).containsOnlyKeys("config.json", "en.subword", "model.safetensors", "notes.md");
    assertThat(StagedFolder.advance(home.resolve("steps8"))).isFalse();
    for (int steps = 1; steps < 7; steps++) {
      Path folder = replacedInPart(steps);
      assertThatThrownBy(() -> new ModelFolder(folder).config()).isInstanceOf(InvalidInputException.class).hasMessage(
          "The model folder %s has no config.json yet: its writing goes on, or was interrupted and has to be done again."
              .formatted(folder));
      new ModelFolder(folder).settle();
      assertThat(content(folder)).isEqualTo(after);
    }
    assertThat(content(replacedInPart(7))).isEqualTo(after);
  }

  @Test
  void whatWasInterruptedIsReplacedLikeAModel() throws Exception {
    Path folder = replacedInPart(4);
    refusedWithoutATrace(() -> new ModelFolder(folder).write(CONFIG, weights(3), ProgressListener.NONE),
        "The folder %s already holds a model, whose writing was interrupted; give a folder without one, or --overwrite."
            .formatted(folder));
    model("steps4", 3);
    assertThat(weight(folder)).isEqualTo(3);
    assertThat(files().keySet()).noneMatch(name -> name.contains(ReplacedFile.PARTIAL) || name.endsWith("subword"));
  }

  @Test
  void whatAnEndedProgramLeftHalfWrittenGoesWithTheNextWriting() throws Exception {
    Path folder = Files.createDirectories(home.resolve("model"));
    Path left = Files.createDirectories(folder.resolve(ReplacedFile.PARTIAL + "123"));
    Files.writeString(left.resolve("model.safetensors"), "half of them");
    Files.createFile(folder.resolve(ReplacedFile.PARTIAL + "lock"));
    new ModelFolder(folder).write(CONFIG, weights(1), ProgressListener.NONE);
    assertThat(files()).containsOnlyKeys("model", "model/config.json", "model/model.safetensors");
  }

  @Test
  void whatAnotherProgramIsWritingIsLeftToIt() throws Exception {
    Path folder = Files.createDirectories(home.resolve("model"));
    try (StagedFolder other = new StagedFolder(folder)) {
      Path weights = Files.writeString(other.stage().resolve("model.safetensors"), "half of them");
      refusedWithoutATrace(() -> new ModelFolder(folder).write(CONFIG, weights(1), ProgressListener.NONE),
          "The model folder %s can't be written: another program is writing it.".formatted(folder));
      assertThat(weights).exists();
    }
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderInAFilesPlaceIsSaidBeforeTheOldModelIsTouched() throws Exception {
    Path folder = model("model", 1);
    Path vocabulary = Files.writeString(home.resolve("en.subword"), "new");
    Files.createDirectories(folder.resolve("en.subword"));
    refusedWithoutATrace(() -> new ModelFolder(folder).write(CONFIG, WeightStream.of(weights(2)),
        new WriteOptions(Long.MAX_VALUE, true, Map.of("en.subword", vocabulary)), ProgressListener.NONE),
        "The model folder %s can't be written: %s is a folder.".formatted(folder, folder.resolve("en.subword")));
  }

  @Test
  void otherFilesOfTheSourceAreCopied() throws Exception {
    Path source = home.resolve("source");
    new ModelFolder(source).write(CONFIG, weights(1), ProgressListener.NONE);
    Files.writeString(source.resolve("words.subword"), "'a_'");
    Path target = home.resolve("target");
    new ModelFolder(target).write(CONFIG, WeightStream.of(weights(1)), new WriteOptions(Long.MAX_VALUE, false, new ModelFolder(source).companions()),
        ProgressListener.NONE);
    assertThat(target.resolve("words.subword")).hasContent("'a_'");
  }

  @Test
  void workThatIsStoppedHalfwayLeavesNothingBehind() throws Exception {
    Path folder = home.resolve("some/where/model");
    assertThatThrownBy(() -> new ModelFolder(folder).write(CONFIG, weights(1), (task, done, total) -> {
      throw new IllegalStateException("stopped");
    })).isInstanceOf(IllegalStateException.class).hasMessage("stopped");
    assertThat(files()).isEmpty();
  }

  @Test
  void aReplacementThatIsStoppedHalfwayLeavesTheOldModel() throws Exception {
    new ModelFolder(home).write(CONFIG, weights(1), ProgressListener.NONE);
    Map<String, byte[]> before = files();
    assertThatThrownBy(() -> new ModelFolder(home).write(CONFIG, WeightStream.of(weights(2)), REPLACE, (task, done, total) -> {
      throw new IllegalStateException("stopped");
    })).isInstanceOf(IllegalStateException.class);
    assertThat(files()).containsExactlyEntriesOf(before);
  }

  @Test
  void aFileInTheWayIsNamed() throws Exception {
    Path file = Files.writeString(home.resolve("file"), "text");
    refusedWithoutATrace(() -> new ModelFolder(file).write(CONFIG, weights(1), ProgressListener.NONE),
        "The model folder %s can't be written: it is a file.".formatted(file));
    Path below = file.resolve("model");
    assertThatThrownBy(() -> new ModelFolder(below).write(CONFIG, weights(1), ProgressListener.NONE))
        .isInstanceOf(InvalidInputException.class).hasMessageStartingWith("The model folder %s can't be written: ".formatted(below));
  }

  @Test
  @SuppressWarnings("restricted")
  void moreThanTheDiskHoldsIsNotBegun() throws Exception {
    long bytes = 1L << 60;
    MemorySegment huge = MemorySegment.ofAddress(0).reinterpret(bytes);
    NamedTensors weights = new NamedTensors("a test", List.of(new Tensor("weight", DType.F32, Shape.of(bytes / 4), huge)));
    assertThatThrownBy(() -> new ModelFolder(home.resolve("model")).write(CONFIG, weights, ProgressListener.NONE))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageMatching(home.resolve("model") + " needs 1,152,921,504,606,846,976 bytes but only [0-9,]+ are free there\\.");
    assertThat(files()).isEmpty();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDiskThatGetsFullIsSaidSo() throws Exception {
    Tensor tensor = weights(1).find("weight").orElseThrow();
    assertThatThrownBy(() -> new SafetensorsOutput(Path.of("/dev/full"), Plane.of(TensorHeader.of(tensor))))
        .isInstanceOfSatisfying(IOException.class,
            e -> assertThat(Reason.of(e)).isEqualTo("No space left on device"));
  }
}
