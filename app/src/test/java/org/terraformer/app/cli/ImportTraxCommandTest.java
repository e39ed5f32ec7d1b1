package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.trax.TraxFiles;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;

class ImportTraxCommandTest {
  private static final String[] ARGUMENTS = {"--class", "TransformerLM", "--set", "vocab_size=5", "--set", "d_model=4", "--set", "d_ff=8",
      "--set", "n_heads=1", "--set", "n_layers=0", "--set", "max_len=3"};

  @TempDir
  private Path folder;

  private StringWriter out;
  private StringWriter err;

  @BeforeEach
  void nothingSaid() {
    out = new StringWriter();
    err = new StringWriter();
  }

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err, true));
  }

  private int importFrom(Path checkpoint, String out, String... more) {
    List<String> line = new ArrayList<>(List.of("import-trax", checkpoint.toString(), "--out", folder.resolve(out).toString()));
    line.addAll(Arrays.asList(ARGUMENTS));
    line.addAll(Arrays.asList(more));
    return run(line.toArray(String[]::new));
  }

  /** The command fails with this sentence, and the folder it was to make does not exist. */
  private void assertRefused(Path checkpoint, String sentence, String... more) {
    assertThat(importFrom(checkpoint, "refused", more)).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  private static float[] floats(Path model, String name) {
    try (Arena arena = Arena.ofConfined()) {
      return Conversion.toFloats(new ModelFolder(model).weights(arena).find(name).orElseThrow());
    }
  }

  private Path records(TraxFiles files) {
    return TraxFiles.writePacked(folder.resolve("model.weights.npy.gz"), files.records());
  }

  @Test
  void scriptsGetOneJsonObject() {
    Path checkpoint = TraxFiles.writePacked(folder.resolve("whole.pkl.gz"), TraxFiles.smallModel().pickle(7));
    assertThat(importFrom(checkpoint, "made", "--json")).isZero();
    assertThat(out.toString().strip())
        .isEqualTo("{\"folder\":\"%s\",\"parameters\":65,\"tensors\":6,\"step\":7}".formatted(folder.resolve("made")));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void theVocabularyOfAReplacedModelGoesWithIt() throws Exception {
    String entries = String.join("\n", "_\\;u0123456789".split(""));
    Path vocabulary = Files.writeString(folder.resolve("few.subword"), entries);
    Path arrays = records(TraxFiles.smallModel());
    assertThat(importFrom(arrays, "made", "--tokenizer", vocabulary.toString())).as(err.toString()).isZero();
    Path other = Files.writeString(folder.resolve("others.subword"), entries);
    assertThat(importFrom(arrays, "made", "--tokenizer", other.toString(), "--overwrite")).as(err.toString()).isZero();
    assertThat(folder.resolve("made")).isDirectoryNotContaining("glob:**few.subword").isDirectoryContaining("glob:**others.subword");
    assertThat(importFrom(arrays, "made", "--overwrite")).as(err.toString()).isZero();
    assertThat(folder.resolve("made")).isDirectoryNotContaining("glob:**.subword");
  }

  @Test
  void everyFormOfACheckpointGivesTheSameModel() throws Exception {
    TraxFiles files = TraxFiles.smallModel();
    Path whole = TraxFiles.writePacked(folder.resolve("whole.pkl.gz"), files.pickle(7));
    assertThat(importFrom(whole, "expected")).isZero();
    assertThat(err.toString()).contains("65 parameters in 6 tensors, training step 7");
    byte[] expected = Files.readAllBytes(folder.resolve("expected/model.safetensors"));
    Path plain = TraxFiles.write(folder.resolve("plain.pkl"), files.pickle(7));
    Path pair = TraxFiles.writePacked(folder.resolve("model.pkl.gz"), TraxFiles.marker(7));
    Path arrays = records(files);
    TraxFiles.writePacked(folder.resolve("arrays.weights.npy.gz"), files.records());
    TraxFiles.write(folder.resolve("open.pkl"), TraxFiles.marker(7));
    TraxFiles.write(folder.resolve("open.weights.npy"), files.records());
    int number = 0;
    for (Path form : List.of(plain, pair, arrays, folder, folder.resolve("model"), folder.resolve("whole"),
        folder.resolve("arrays"), folder.resolve("open"))) {
      assertThat(importFrom(form, "made" + ++number)).as("%s: %s", form, err).isZero();
      assertThat(folder.resolve("made" + number).resolve("model.safetensors")).as(form.toString()).hasBinaryContent(expected);
      try (Stream<Path> made = Files.list(folder.resolve("made" + number))) {
        assertThat(made.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("config.json", "model.safetensors");
      }
    }
  }

  @Test
  void arraysOfEveryTypeAndOrderAreRead() {
    Path arrays = records(new TraxFiles().add("<u2", 5, 4).add("<f8", 1, 3, 4).add("<f2", 4).add(4).addColumnMajor(4, 5).add(5));
    assertThat(importFrom(arrays, "made")).as(err.toString()).isZero();
    Path made = folder.resolve("made");
    assertThat(floats(made, "embedding.weight")).startsWith(0, 1, 2).endsWith(19);
    assertThat(floats(made, "positions.weight")).startsWith(20, 21).endsWith(31);
    assertThat(floats(made, "logits.weight")).startsWith(40, 45, 50, 55, 41);
    try (Arena arena = Arena.ofConfined()) {
      WeightSource weights = new ModelFolder(made).weights(arena);
      assertThat(weights.find("embedding.weight").orElseThrow().dtype()).isEqualTo(DType.BF16);
      assertThat(weights.find("logits.weight").orElseThrow().dtype()).isEqualTo(DType.F32);
    }
  }

  @Test
  void theGinFileSaysWhatTheModelIs() throws Exception {
    Path arrays = records(TraxFiles.smallModel());
    Path gin = Files.writeString(folder.resolve("config.gin"), """
        train.model = @trax.models.TransformerLM
        train.steps = 10
        Adam.b1 = 0.9
        TransformerLM.vocab_size = 5
        TransformerLM.d_model = 4
        TransformerLM.n_heads = 1
        TransformerLM.n_layers = 3
        TransformerLM.max_len = 3
        """);
    assertThat(run("--debug", "import-trax", arrays.toString(), "--gin", gin.toString(), "--set", "n_layers=0",
        "--out", folder.resolve("made").toString())).as(err.toString()).isZero();
    assertThat(err.toString()).contains(gin + ": not used are the bindings of train, Adam");
    assertThat(new ModelFolder(folder.resolve("made")).config().blocks()).isZero();
  }

  @Test
  void aMissingGinFileIsNamed() {
    assertRefused(records(TraxFiles.smallModel()), "There is no gin file nowhere.gin.", "--gin", "nowhere.gin");
  }

  @Test
  void anArrayOfAnotherShapeIsNamedWithItsWeight() {
    Path arrays = records(new TraxFiles().add(5, 4).add(1, 3, 4).add(4).add(4).add(5, 4).add(5));
    assertRefused(arrays, "Array 4 of %s has shape [5, 4], but the configured model needs [4, 5] there, for the weight logits.weight; "
        .formatted(arrays) + "the checkpoint holds 6 arrays and the model needs 6.");
  }

  @Test
  void axesMayBeSplitOrMergedButNotMixed() {
    Path split = records(new TraxFiles().add(5, 2, 2).add(12).add(4).add(4).add(2, 2, 5).add(5));
    assertThat(importFrom(split, "made")).as(err.toString()).isZero();
    Path arrays = records(new TraxFiles().add(5, 4).add(1, 3, 4).add(4).add(4).add(2, 5, 2).add(5));
    nothingSaid();
    assertRefused(arrays, "Array 4 of %s has shape [2, 5, 2], but the configured model needs [4, 5] there, for the weight "
        .formatted(arrays) + "logits.weight; the checkpoint holds 6 arrays and the model needs 6.");
  }

  @Test
  void theBucketsThatTraxTakesFromTheLengthOfATextAreTold() {
    String arguments = "{\"vocab_size\": 5, \"d_model\": 4, \"d_ff\": 8, \"n_heads\": 1, \"n_layers\": 0, \"max_len\": 3, "
        + "\"attention_type\": \"LSHSelfAttention\"}";
    Path arrays = records(TraxFiles.smallModel());
    assertThat(run("import-trax", arrays.toString(), "--args", arguments, "--out", folder.resolve("made").toString()))
        .as(err.toString()).isZero();
    assertThat(err.toString()).contains(
        "n_buckets of attention is not given, from which trax takes 2 * (length / 128) buckets for each text; "
        + "here they are always 2, as for max_length = 3. The option buckets of that layer in config.json sets the number");
  }

  @Test
  void aConfigurationWithTooManyLayersIsToldWhereTheFileDiffers() {
    Path arrays = records(TraxFiles.smallModel());
    assertRefused(arrays, ("Array 4 of %s has shape [4, 5], but the configured model needs [4, 4] there, for the weight "
        + "blocks.0.attention.query.weight; the checkpoint holds 6 arrays and the model needs 22.").formatted(arrays),
        "--set", "n_layers=1");
  }

  @Test
  void aMissingArrayIsNamedWithItsWeight() {
    Path arrays = records(new TraxFiles().add(5, 4).add(1, 3, 4).add(4).add(4).add(4, 5));
    assertRefused(arrays, "%s holds 5 arrays, but the configured model needs 6; the first that is missing, array 5, is for the weight "
        .formatted(arrays) + "logits.bias and has shape [5].");
  }

  @Test
  void anArrayTooManyIsNamed() {
    Path arrays = records(TraxFiles.smallModel().add(2, 2));
    assertRefused(arrays, "%s holds 7 arrays, but the configured model needs 6; array 6, the first that no weight needs, has shape [2, 2]."
        .formatted(arrays));
  }

  @Test
  void aFileThatIsCutShortLeavesNothingBehind() throws Exception {
    Path arrays = records(TraxFiles.smallModel());
    byte[] bytes = Files.readAllBytes(arrays);
    Files.write(arrays, Arrays.copyOf(bytes, bytes.length - 20));
    assertRefused(arrays, arrays + " can't be read: Unexpected end of ZLIB input stream.");
    TraxFiles.write(folder.resolve("open.weights.npy"), Arrays.copyOf(TraxFiles.smallModel().records(), 500));
    nothingSaid();
    assertThat(importFrom(folder.resolve("open"), "refused")).isEqualTo(2);
    assertThat(err.toString()).contains("is cut short:");
    assertThat(folder.resolve("refused")).doesNotExist();
  }

  @Test
  void aPickleWithoutItsArraysIsRefused() {
    Path pickle = TraxFiles.writePacked(folder.resolve("model.pkl.gz"), TraxFiles.marker(7));
    assertRefused(pickle, "%s says that its weights are in %s, but there is no such file."
        .formatted(pickle, folder.resolve("model.weights.npy.gz")));
  }

  @Test
  void anotherClassIsRefused() {
    assertThat(run("import-trax", "x", "--out", "y", "--class", "Reformer")).isEqualTo(2);
    assertThat(err.toString()).contains("The trax model Reformer can't be imported; TransformerLM, ConfigurableTransformerLM, TransformerEncoder, "
        + "ConfigurableTransformerEncoder, Transformer, ConfigurableTransformer, ConfigurableTerraformer can.");
  }
}
