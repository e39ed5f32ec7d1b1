package org.terraformer.app.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.app.format.JsonFile;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.training.CopyTask;
import org.terraformer.domain.training.TrainingConfig;
import org.terraformer.domain.training.TrainingProgram;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.recording.SeededChance;

/** The configurations of copy tasks that the documentation names. */
class CopyConfigurationsTest {
  private static final Path ROOT = Path.of(System.getProperty("root.dir", ".."));

  @ParameterizedTest
  @ValueSource(strings = {"full", "lsh", "pure-lsh"})
  void theyAreTrainingsOfTheCopyTask(String name) {
    TrainingConfig config = TrainingConfig.fromMap(JsonFile.read(ROOT.resolve("docs/copy/" + name + ".json")), 1);
    assertThat(config.data()).isInstanceOf(CopyTask.class);
    TrainingProgram training = TrainingProgram.record(config.model(), new LayerTypes(BuiltInLayerTypes.all()),
        Recorder.forTraining(new SeededChance()), 0);
    assertThat(training.gradients()).hasSameSizeAs(training.weights());
  }
}
