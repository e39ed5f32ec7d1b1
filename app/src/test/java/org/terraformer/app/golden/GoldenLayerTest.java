package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.operation.NotEqual;
import org.terraformer.ports.recording.Recorder;

/** The recorded outputs of the reference implementation's layers: groups a to d. */
@Tag("golden")
class GoldenLayerTest {
  private static final Set<String> GROUPS = Set.of("a", "b", "c", "d");

  @TestFactory
  Stream<DynamicTest> layersComputeWhatTheReferenceComputes() {
    return tests(GoldenBackends.all());
  }

  static Stream<DynamicTest> tests(List<Backend> backends) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (!GROUPS.contains(golden.group()) || golden.mode().equals("train") || LeftOut.reason(golden.name()).isPresent()
          || GoldenRowsTest.LAYERS.contains(golden.layer()) || GoldenLossTest.LAYERS.contains(golden.layer()) || GoldenLayers.hashes(golden)) {
        continue;
      }
      if (golden.layer().equals("ShiftRight")) {
        tests.add(dynamicTest(golden.name(), () -> checkShiftRight(golden)));
        continue;
      }
      for (Backend backend : backends) {
        tests.add(dynamicTest(golden.name() + " on " + backend.name(),
            () -> {
              if (golden.layer().equals("PaddingMask")) {
                checkPaddingMask(golden, backend);
              } else {
                checkLayer(golden, backend);
              }
            }));
      }
    }
    return tests.stream();
  }

  private static void checkLayer(GoldenCase golden, Backend backend) {
    String input = golden.has("inputs.x") ? "inputs.x" : "inputs.tokens";
    int unused = golden.arguments().get("prob_sparse") == null ? 0 : 2;
    try (GoldenRun run = new GoldenRun(golden, GoldenLayers.of(golden), backend, input, unused)) {
      run.whole();
      String output = golden.has("outputs.y") ? "outputs.y" : "outputs.logits";
      GoldenRun.assertClose(golden, output, run.output("y"), golden.floats(output));
      if (golden.has("outputs.quant_mask")) {
        assertThat(run.chosen("chosen.0")).as("active units").isEqualTo(golden.ints("outputs.quant_mask"));
        GoldenRun.assertClose(golden, "scores", run.output("scores.0"), golden.floats("outputs.controller_logits"));
      }
      if (golden.has("outputs.y_predict")) {
        GoldenRun.assertClose(golden, "outputs.y_predict", run.rowByRow(), golden.floats("outputs.y_predict"));
      }
    }
  }

  private static void checkPaddingMask(GoldenCase golden, Backend backend) {
    int pad = GoldenLayers.number(golden.arguments(), "pad", 0);
    try (GoldenRun run = new GoldenRun(golden, (Recorder recorder, org.terraformer.ports.kernel.Value x) ->
        recorder.apply(new NotEqual(pad), x), backend, "inputs.tokens", 0)) {
      run.whole();
      assertThat(run.chosen("y")).isEqualTo(golden.ints("outputs.mask"));
    }
  }

  private static void checkShiftRight(GoldenCase golden) {
    int[] tokens = golden.ints("inputs.tokens");
    int length = golden.axis("inputs.tokens", 1);
    int positions = GoldenLayers.number(golden.arguments(), "n_positions", 1);
    int[] shifted = new int[tokens.length];
    for (int start = 0; start < tokens.length; start += length) {
      int[] row = java.util.Arrays.copyOfRange(tokens, start, start + length);
      for (int i = 0; i < positions; i++) {
        row = TransformerLm.shiftRight(row, 0);
      }
      System.arraycopy(row, 0, shifted, start, length);
    }
    assertThat(shifted).isEqualTo(golden.ints("outputs.tokens"));
  }
}
