package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

class ConfigurationTest {
  @TempDir
  private Path folder;

  @Test
  void withoutFileAndEnvironmentTheDefaultsHold() {
    assertThat(Configuration.read(Map.of(), folder)).isEqualTo(Settings.DEFAULT);
  }

  @Test
  void theFileInTheWorkingFolderIsRead() throws IOException {
    file(folder.resolve("terraformer.json"),
        "{'backend': 'scalar', 'threads': 3, 'context': 99, 'cache': 'bf16', 'extensions': ['a.jar']}");
    assertThat(Configuration.read(Map.of(), folder)).isEqualTo(Settings.DEFAULT
        .withBackend("scalar", "backend of " + folder.resolve("terraformer.json")).withThreads(3).withContextLength(99)
        .withCache(DType.BF16).withExtensions(List.of(folder.toAbsolutePath().resolve("a.jar"))));
  }

  @Test
  void theEnvironmentComesBeforeTheFile() throws IOException {
    file(folder.resolve("terraformer.json"), "{'backend': 'scalar', 'threads': 3}");
    Settings settings = Configuration.read(Map.of("TERRAFORMER_BACKEND", "cpu", "TERRAFORMER_EXTENSIONS", "x" + File.pathSeparator + "y"), folder);
    assertThat(settings).isEqualTo(Settings.DEFAULT.withBackend("cpu", "backend of TERRAFORMER_BACKEND").withThreads(3)
        .withExtensions(List.of(Path.of("x"), Path.of("y"))));
  }

  @Test
  void aNamedFileComesBeforeThatOfTheWorkingFolder() throws IOException {
    file(folder.resolve("terraformer.json"), "{'backend': 'scalar'}");
    Path named = file(folder.resolve("mine.json"), "{'backend': 'cpu'}");
    assertThat(Configuration.read(Map.of("TERRAFORMER_CONFIG", named.toString()), folder).backend()).contains("cpu");
  }

  @Test
  void theUsersConfigurationFolderIsLookedAtLast() throws IOException {
    file(Files.createDirectories(folder.resolve(".config")).resolve("terraformer.json"), "{'threads': 5}");
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere"));
    assertThat(Configuration.read(Map.of("HOME", folder.toString()), elsewhere).threads()).isEqualTo(5);
  }

  @Test
  void aMissingNamedFileIsRefused() {
    assertThatThrownBy(() -> Configuration.read(Map.of("TERRAFORMER_CONFIG", "/no/such.json"), folder))
        .isInstanceOf(InvalidInputException.class).hasMessage("There is no file /no/such.json, which TERRAFORMER_CONFIG names.");
  }

  @Test
  void anUnknownFieldIsRefusedWithThoseAllowed() throws IOException {
    Path file = file(folder.resolve("terraformer.json"), "{'bakend': 'cpu'}");
    assertThatThrownBy(() -> Configuration.read(Map.of(), folder)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("In %s: The field bakend is unknown (did you mean backend?); ".formatted(file)).hasMessageContaining("backend");
  }

  @Test
  void aValueOutOfRangeIsRefusedWithItsFileAndField() throws IOException {
    Path file = file(folder.resolve("terraformer.json"), "{'threads': 0}");
    assertThatThrownBy(() -> Configuration.read(Map.of(), folder)).isInstanceOf(InvalidInputException.class)
        .hasMessage("In %s: The field threads is 0 but must be a whole number from 1 to 1024.".formatted(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"two", "0", "-3", "1025", "99999999999"})
  void threadsInTheEnvironmentMustBeANumberInRange(String threads) {
    assertThatThrownBy(() -> Configuration.read(Map.of("TERRAFORMER_THREADS", threads), folder)).isInstanceOf(InvalidInputException.class)
        .hasMessage("TERRAFORMER_THREADS is %s but must be a whole number from 1 to 1024.".formatted(threads));
  }

  @Test
  void anUnknownBackendIsRefusedWithWhoNamedIt() throws IOException {
    Settings environment = Configuration.read(Map.of("TERRAFORMER_BACKEND", "gpu"), folder);
    assertThatThrownBy(() -> LanguageModel.embedded(environment)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The backend of TERRAFORMER_BACKEND is gpu but must be one of cpu, scalar, tornado.");
    Path file = file(folder.resolve("terraformer.json"), "{'backend': 'tpu'}");
    Settings named = Configuration.read(Map.of(), folder);
    assertThatThrownBy(() -> LanguageModel.embedded(named)).isInstanceOf(InvalidInputException.class)
        .hasMessage("The backend of %s is tpu but must be one of cpu, scalar, tornado.".formatted(file));
    assertThatThrownBy(() -> LanguageModel.embedded(named.withBackend("npu"))).isInstanceOf(InvalidInputException.class)
        .hasMessage("The backend is npu but must be one of cpu, scalar, tornado.");
  }

  private static Path file(Path path, String json) throws IOException {
    return Files.writeString(path, json.replace('\'', '"'));
  }
}
