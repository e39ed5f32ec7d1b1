package org.terraformer.app.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.app.trax.TraxCheckpoint;
import org.terraformer.ports.kernel.Backend;

/** Checkpoint files that trax wrote, read back: group g. */
@Tag("golden")
class GoldenCheckpointTest {

  @TestFactory
  Stream<DynamicTest> checkpointFilesGiveTheRecordedLogitsAndTokens() {
    return tests(GoldenBackends.all());
  }

  static Stream<DynamicTest> tests(List<Backend> backends) {
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (golden.group().equals("g") && LeftOut.reason(golden.name()).isEmpty() && !golden.field("checkpoint_dir").isEmpty()) {
        Path path = golden.folder().resolve(golden.field("checkpoint_dir"));
        for (Backend backend : backends) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(),
              () -> GoldenModelTest.check(golden, backend, TraxCheckpoint.open(path).arrays())));
        }
      }
    }
    return tests.stream();
  }

  @TestFactory
  @Tag("shared")
  Stream<DynamicTest> theTrainedCopyModelGivesTheRecordedLogitsAndTokens() {
    String shared = System.getProperty("shared.dir", "");
    assumeThat(shared).as("-Dshared.dir").isNotBlank();
    List<DynamicTest> tests = new ArrayList<>();
    for (GoldenCase golden : GoldenFolder.cases()) {
      if (golden.name().startsWith("g_trained_") && LeftOut.reason(golden.name()).isEmpty()) {
        String file = golden.field("checkpoint_file").split(" ")[0];
        Path path = Path.of(shared, "data", "trax", file.substring(file.lastIndexOf('/') + 1));
        assertThat(path).exists();
        for (Backend backend : GoldenBackends.all()) {
          tests.add(dynamicTest(golden.name() + " on " + backend.name(), () -> {
            TraxCheckpoint checkpoint = TraxCheckpoint.open(path);
            assertThat(checkpoint.step()).isPositive();
            GoldenModelTest.check(golden, backend, checkpoint.arrays());
          }));
        }
      }
    }
    return tests.stream();
  }
}
