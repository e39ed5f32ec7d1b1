package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.embedded.AlphabetModel;

/** Every command that runs a model goes on where the chosen backend can't run, as tornado here: Java was not started for it. */
class FallbackTest {
  private static final String GOING_ON = "terraformer: The backend tornado .* Going on with the backend cpu\\.";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir
  private static Path folder;

  @BeforeAll
  static void writeAModelATextAndATraining() throws IOException {
    AlphabetModel.write(folder.resolve("alphabet"));
    Files.writeString(folder.resolve("text"), "a b c d e f g h i j");
    Files.writeString(folder.resolve("copy.json"), """
        {"model": {"vocabulary_size": 8, "width": 8, "blocks": 1, "max_length": 16, "attention": {"type": "dense", "heads": 1},
         "feed_forward": {"type": "dense", "hidden_size": 8}}, "data": {"type": "copy", "longest": 3},
         "batch": 1, "length": 8, "steps": 1}""");
  }

  @ParameterizedTest
  @ValueSource(strings = {"generate --model FOLDER/alphabet -n 1 a", "inspect FOLDER/alphabet --context 4",
      "evaluate --model FOLDER/alphabet --text FOLDER/text --context 8",
      "bench --shape tiny --variants dense --tokens 1 --settle 0", "bench --attention lsh --contexts 64 --heads 1 --tokens 1",
      "train --config FOLDER/copy.json --out FOLDER/run"})
  void theCommandGoesOnWithTheFallbackAndSaysWhy(String command) {
    assertThat(run(command + " --backend tornado --fallback cpu")).as(err.toString()).isZero();
    assertThat(err.toString().lines().filter(line -> line.matches(GOING_ON))).as(err.toString()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evaluate --model FOLDER/alphabet --text FOLDER/text --context 8",
      "bench --shape tiny --variants dense --tokens 1 --settle 0", "train --config FOLDER/copy.json --out FOLDER/another"})
  void whereNoModelGeneratesAutoSaysWhatItTakes(String command) {
    assertThat(run(command + " --backend auto")).as(err.toString()).isZero();
    assertThat(err.toString()).contains("terraformer: auto takes the backend cpu, as where none is named: ");
  }

  private int run(String line) {
    return Main.run(line.replace("FOLDER", folder.toString()).split(" "), new PrintWriter(out), new PrintWriter(err, true));
  }
}
