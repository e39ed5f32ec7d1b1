package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... arguments) {
    return Main.run(arguments, new PrintWriter(out), new PrintWriter(err, true));
  }

  @Test
  void generatePrintsTheContinuationAlone() {
    assertThat(run("generate", "a b c", "--max-tokens", "6")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" d e f");
    assertThat(err.toString()).contains("tokens/s");
  }

  @Test
  void jsonIsOneObject() {
    assertThat(run("generate", "--json", "--ids", "97 32", "-n", "2", "--log-probs")).isZero();
    assertThat(out.toString()).startsWith("{\"samples\":[{").contains("\"ids\":[98,32]", "\"log_probabilities\":[", "\"finish_reason\":\"max_tokens\"");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "generate | Give either a prompt, --prompt-file or --ids.",
      "generate --ids 97,x | --ids has x but must be whole numbers separated by spaces.",
      "generate --ids 300 | The token id 300 is not in the vocabulary, whose ids are 0 to 255.",
      "generate --temperature -1 a | The temperature is -1.0 but must be from 0 to 100.",
      "generate --top-p 0 a | The top-p is 0.0 but must be above 0 and at most 1.",
      "generate --max-tokens 0 a | The number of tokens to generate is 0 but must be at least 1.",
      "generate --backend gpu a | The backend is gpu but must be one of cpu, scalar, tornado.",
      "generate --threads 0 a | The number of threads is 0 but must be from 1 to 1024.",
      "generate --cache f16 a | --cache is f16 but must be one of f32, bf16, q8.",
      "generate --model no-such-folder a | There is no model folder no-such-folder.",
      "inspect no-such-folder | There is no model folder no-such-folder.",
      "import-trax no-such-file --out x --set vocab_size=5 | There is no trax checkpoint no-such-file: neither no-such-file.pkl.gz nor no-such-file.weights.npy.gz exists.",
      "import-trax no-such-file --out x | The trax argument vocab_size is missing."})
  void aMistakeGivesOneSentenceAndExitCodeTwo(String line, String sentence) {
    assertThat(run(line.split(" "))).isEqualTo(2);
    assertThat(err.toString().lines()).containsExactly("terraformer: " + sentence);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void aConvertedModelGeneratesTheSame(@TempDir Path folder) {
    Path made = folder.resolve("made");
    Path converted = folder.resolve("converted");
    assertThat(run("make-default-model", "--out", made.toString())).isZero();
    assertThat(run("convert", made.toString(), "--dtype", "q8", "--out", converted.toString())).isZero();
    assertThat(run("generate", "--model", converted.toString(), "x y", "-n", "4")).isZero();
    assertThat(out.toString()).isEqualToIgnoringNewLines(" z a");
  }

  @Test
  void aTruncatedModelIsRefusedByName(@TempDir Path folder) throws Exception {
    assertThat(run("make-default-model", "--out", folder.toString())).isZero();
    Path weights = folder.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, java.util.Arrays.copyOf(bytes, bytes.length - 100));
    assertThat(run("generate", "--model", folder.toString(), "a")).isEqualTo(2);
    assertThat(err.toString()).startsWith("terraformer: " + weights + " is cut short: the tensor ");
  }

  @Test
  void inspectShowsWhatATokenCosts() {
    assertThat(run("inspect")).isZero();
    assertThat(out.toString()).contains("\"vocabulary_size\" : 256", "embedding.weight", "bytes read per token");
  }
}
