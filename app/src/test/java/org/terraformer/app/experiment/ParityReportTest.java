package org.terraformer.app.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.ports.failure.InvalidInputException;

class ParityReportTest {
  @TempDir
  private Path folder;

  private static ParityPlan plan(List<Map<String, Object>> rows) {
    return ParityPlan.fromMap(Map.of("vocabulary_size", 300, "data", List.of("text.txt"), "validation", List.of("valid.txt"),
        "training", Map.of("steps", 4, "batch", 2, "length", 16, "validation", Map.of("tokens", 64, "interval", 2),
            "model", Map.of("width", 16, "blocks", 2, "max_length", 64, "attention", Map.of("type", "dense", "heads", 2),
                "feed_forward", Map.of("type", "dense", "hidden_size", 64))), "rows", rows),
        new LayerTypes(BuiltInLayerTypes.all()));
  }

  private String text(List<Map<String, Object>> rows) {
    ParityPlan plan = plan(rows);
    return new ParityReport(folder.resolve("table.md"), plan).text(new ParityResults(folder.resolve("table"), plan));
  }

  private static Map<String, Object> unfitted(String name, int hiddenSize) {
    return Map.of("name", name, "fit", false,
        "training", Map.of("model", Map.of("feed_forward", Map.of("hidden_size", hiddenSize))));
  }

  @Test
  void rowsOfOtherSizesAreNamed() {
    Map<String, Object> dense = Map.of("name", "dense");
    assertThat(text(List.of(dense, unfitted("same", 64)))).contains("All have the parameters of the first row within 1 %:");
    assertThat(text(List.of(dense, unfitted("small", 32), unfitted("same", 64), unfitted("large", 128))))
        .contains("All but small; large have the parameters of the first row within 1 %:");
  }

  @Test
  void aReportIsAMarkdownFile() {
    for (String file : List.of("/", "table", folder.toString())) {
      assertThatThrownBy(() -> new ParityReport(Path.of(file), plan(List.of(Map.of("name", "dense")))))
          .isInstanceOf(InvalidInputException.class)
          .hasMessage("--report is %s but must be a file whose name ends with .md.", file);
    }
  }
}
