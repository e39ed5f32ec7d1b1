package org.terraformer.app.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.app.library.Settings;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.decoding.GenerationRequest;
import org.terraformer.domain.decoding.Sample;
import org.terraformer.domain.decoding.Sampling;
import org.terraformer.domain.decoding.TokenListener;
import org.terraformer.domain.layer.LayerRole;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Tensor;

class ExtensionTest {
  private static final Map<String, Object> GROUP_SPARSE =
      Map.of("type", "group_sparse", "hidden_size", 48, "block_size", 4, "group_size", 3);
  private static final Map<String, Object> BANDED = Map.of("type", "banded", "band", 5);

  @TempDir
  static Path temporary;

  private static Path jar;

  @BeforeAll
  static void build() {
    jar = ExampleExtension.jar(temporary);
  }

  @ParameterizedTest
  @ValueSource(strings = {"group_sparse", "banded"})
  void aLayerOfAnExtensionDecodesTheSameOnBothBackends(String type) {
    Path model = model(type, type.equals("banded") ? BANDED : GROUP_SPARSE);
    List<Sample> samples = new ArrayList<>();
    for (String backend : List.of("scalar", "cpu")) {
      Settings settings = Settings.DEFAULT.withBackend(backend).withThreads(2).withExtensions(List.of(jar));
      try (LanguageModel loaded = LanguageModel.load(model, settings)) {
        samples.addAll(loaded.generate(new GenerationRequest(loaded.prompt(new int[] {3, 1, 4, 1, 5, 9, 2, 6}), 12, Sampling.GREEDY,
            Set.of(), List.of(), 0, 1, true), TokenListener.NONE));
      }
    }
    assertThat(samples.get(0).ids()).hasSize(12).isEqualTo(samples.get(1).ids());
    for (int i = 0; i < 12; i++) {
      assertThat(samples.get(1).logProbabilities().get(i)).isCloseTo(samples.get(0).logProbabilities().get(i),
          within(1e-4));
    }
  }

  @Test
  @Tag("tornado")
  void anOperationOfAnExtensionRunsOnADevice() throws Exception {
    Backend tornado = CompositionRoot.of(1, List.of()).known("backend", "tornado");
    Assumptions.assumeTrue(tornado.available(), tornado::description);
    Path model = model("accelerated", BANDED);
    assertThat(generated(model, "tornado")).hasSize(12).isEqualTo(generated(model, "scalar"));
  }

  /** In a Java like this one that has the extension on its class path, where TornadoVM looks for kernels. */
  private static String[] generated(Path model, String backend) throws Exception {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(argument -> !argument.startsWith("-javaagent"))
        .forEach(command::add);
    command.addAll(List.of("--class-path", System.getProperty("java.class.path") + File.pathSeparator + jar,
        "org.terraformer.app.cli.Main", "generate", "--extensions", jar.toString(), "--model", model.toString(), "--backend", backend,
        "--ids", "3 1 4", "--max-tokens", "12"));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return text.strip().split(" ");
  }

  @Test
  @Tag("tornado")
  void aKernelOfAnExtensionThatIsNotOnTheClassPathIsRefused() {
    Backend tornado = CompositionRoot.of(1, List.of()).known("backend", "tornado");
    Assumptions.assumeTrue(tornado.available(), tornado::description);
    Path model = model("hidden", BANDED);
    assertThatThrownBy(() -> LanguageModel.load(model, Settings.DEFAULT.withBackend("tornado").withExtensions(List.of(jar))))
        .isInstanceOf(InvalidInputException.class).hasMessageContaining("org.example.banded.BandedLinearTask");
  }

  @Test
  void theProgramFindsAnExtensionOnItsOption() throws Exception {
    Path model = model("both", GROUP_SPARSE, BANDED);
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--module-path", ExampleExtension.modulePath(), "--add-modules", "jdk.incubator.vector",
        "-m", "org.terraformer.app/org.terraformer.app.cli.Main", "generate", "--extensions", jar.toString(),
        "--model", model.toString(), "--backend", "cpu", "--ids", "3 1 4", "--max-tokens", "5")
        .redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(text.strip().split(" ")).hasSize(5).allMatch(word -> word.matches("\\d+"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"type\": \"group_sparse\", \"hidden_size\": 24, \"block_size\": 4, \"group_size\": 3}",
      "{\"type\": \"banded\", \"band\": 5}"})
  void aLayerOfAnExtensionIsTrained(String layer, @TempDir Path folder) throws Exception {
    Path config = Files.writeString(folder.resolve("training.json"), """
        {"model": {"width": 8, "blocks": 1, "max_length": 32, "tokenizer": "bytes", "attention": {"type": "dense", "heads": 2},
          "feed_forward": %s},
         "schedule": {"type": "multifactor", "factors": "constant", "constant": 0.01},
         "batch": 2, "length": 8, "steps": 30, "validation": {"interval": 15, "tokens": 40}, "samples": {"tokens": 0}}""".formatted(layer));
    Path text = Files.writeString(folder.resolve("text.txt"), "abcdefg ".repeat(60));
    Path run = folder.resolve("run");
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "--module-path", ExampleExtension.modulePath(), "--add-modules", "jdk.incubator.vector",
        "-m", "org.terraformer.app/org.terraformer.app.cli.Main", "train", "--extensions", jar.toString(), "--backend", "cpu",
        "--config", config.toString(), "--data", text.toString(), "--out", run.toString())
        .redirectError(folder.resolve("said").toFile()).start();
    assertThat(process.waitFor()).as(Files.readString(folder.resolve("said"))).isZero();
    List<Double> losses = Files.readAllLines(run.resolve("metrics.jsonl")).stream()
        .filter(line -> line.contains("validation_loss"))
        .map(line -> Double.valueOf(line.replaceAll(".*\"validation_loss\":([0-9.]+).*", "$1"))).toList();
    assertThat(losses).hasSize(2);
    assertThat(losses.getLast()).isLessThan(losses.getFirst());
  }

  @Test
  void aFolderOfClassesIsAnExtensionToo() {
    CompositionRoot root = CompositionRoot.of(1, List.of(temporary.resolve("classes")));
    assertThat(root.layerTypes().names(LayerRole.FEED_FORWARD)).contains("banded", "group_sparse", "sparse");
  }

  @Test
  void withoutTheExtensionItsLayerIsUnknownAndTheKnownOnesAreListed() {
    Path model = model("unknown", BANDED);
    assertThatThrownBy(() -> LanguageModel.load(model, Settings.DEFAULT)).isInstanceOf(InvalidInputException.class)
        .hasMessageContaining("feed_forward.type is banded but must be one of block_sparse, dense, sparse, switch");
  }

  @Test
  void aMissingExtensionIsNamed() {
    Path missing = temporary.resolve("missing.jar");
    assertThatThrownBy(() -> CompositionRoot.of(1, List.of(missing))).isInstanceOf(InvalidInputException.class)
        .hasMessage("There is no extension %s.", missing);
  }

  @Test
  void aFolderWithoutAnExtensionIsRefused() throws IOException {
    Path empty = Files.createDirectories(temporary.resolve("empty"));
    assertThatThrownBy(() -> CompositionRoot.of(1, List.of(empty))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("%s holds no extension; it must be".formatted(empty));
  }

  @Test
  void aFileThatIsNoJarIsRefused() throws IOException {
    Path file = Files.writeString(temporary.resolve("text.jar"), "no jar");
    assertThatThrownBy(() -> CompositionRoot.of(1, List.of(file))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The extension %s can't be read: ".formatted(file));
  }

  @Test
  void twoExtensionsWithTheSameNamesAreRefused() throws IOException {
    Path copy = Files.copy(jar, temporary.resolve("copy.jar"));
    assertThatThrownBy(() -> CompositionRoot.of(1, List.of(jar, copy))).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The extensions don't fit: ").hasMessageContaining("banded_linear");
  }

  @Test
  void anExtensionWithAKernelForAnOperationOfTheLibrarysOwnIsRefused() throws IOException {
    Path clashing = temporary.resolve("clashing.jar");
    String name = ClashingModule.class.getName();
    String classFile = name.replace('.', '/') + ".class";
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(clashing));
        InputStream code = ClashingModule.class.getResourceAsStream("ClashingModule.class")) {
      out.putNextEntry(new JarEntry(classFile));
      code.transferTo(out);
      out.putNextEntry(new JarEntry("META-INF/services/com.google.inject.Module"));
      out.write(name.getBytes(StandardCharsets.UTF_8));
    }
    CompositionRoot root = CompositionRoot.of(1, List.of(clashing));
    assertThatThrownBy(() -> root.backend("scalar")).isInstanceOf(InvalidInputException.class)
        .hasMessage("The extensions don't fit: there is a kernel for the operation linear already.");
  }

  @SafeVarargs
  private static Path model(String name, Map<String, Object>... feedForward) {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", ModelConfig.MODEL_TYPE, "vocabulary_size", 40, "width", 24,
        "blocks", 2, "max_length", 64, "attention", Map.of("type", "dense", "heads", 2), "feed_forward", List.of(feedForward)));
    Random random = new Random(7);
    List<Tensor> tensors = new ArrayList<>();
    for (Value weight : TransformerLm.record(config, CompositionRoot.of(1, List.of(jar)).layerTypes()).weights()) {
      float[] values = new float[weight.shape().intElements()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) random.nextGaussian() / 3;
      }
      tensors.add(Tensor.of(weight.name(), weight.shape(), values));
    }
    Path folder = temporary.resolve(name);
    new ModelFolder(folder).write(config, new NamedTensors(name, tensors), ProgressListener.NONE);
    return folder;
  }
}
