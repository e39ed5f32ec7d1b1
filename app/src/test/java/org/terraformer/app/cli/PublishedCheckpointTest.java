package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.trax.PublishedCheckpoint;

/** A checkpoint with the configuration of the published Terraformers, of a small width, from its files to generated ids. */
class PublishedCheckpointTest {

  @TempDir
  private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err, true));
  }

  @Test
  void aCheckpointOfThatConfigurationIsImportedByItsGinFileAndGenerates() throws Exception {
    PublishedCheckpoint checkpoint = new PublishedCheckpoint(160, 64, 256, 2, 64);
    checkpoint.write(folder);
    String model = folder.resolve("model").toString();
    Path vocabulary = Files.writeString(folder.resolve("few.subword"),
        "'<pad>'\n'<EOS>'\n'a_'\n'b_'\n'\\'\n'_'\n'u'\n';'\n" + "0123456789".replaceAll("(.)", "'$1'\n"));
    assertThat(run("import-trax", folder.toString(), "--gin", folder.resolve("config.gin").toString(), "--out", model,
        "--tokenizer", vocabulary.toString(), "--reserved-ids", "100", "--end-id", "1")).as(err.toString()).isZero();
    long parameters = checkpoint.shapes().stream().mapToLong(shape -> Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b)).sum();
    assertThat(err.toString()).contains("%,d parameters".formatted(parameters), "training step 7");
    assertThat(run("generate", "--model", model, "--source-ids", "5 6 7 1", "--max-tokens", "3")).as(err.toString()).isZero();
    assertThat(out.toString().strip().split(" ")).hasSizeBetween(1, 3);
    assertThat(run("generate", "--model", model, "--source", "a b a", "--max-tokens", "3")).as(err.toString()).isZero();
  }
}
