package org.terraformer.app.golden;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.tornado.TornadoBackend;
import org.terraformer.tornado.TornadoKernels;

/** The golden layers, models, checkpoints and losses, their gradients excepted, on the first device of a TornadoVM runtime if Java was started with one. */
@Tag("tornado")
class GoldenOnDeviceTest {
  private static Backend device;

  @BeforeAll
  static void runtime() {
    device = new TornadoBackend(TornadoKernels.all(), Optional.empty());
    if (!device.available()) {
      System.out.println("Skipped: the backend tornado " + device.description());
    }
    Assumptions.assumeTrue(device.available(), device::description);
  }

  @TestFactory
  Stream<DynamicTest> layersComputeWhatTheReferenceComputes() {
    return GoldenLayerTest.tests(List.of(device));
  }

  @TestFactory
  Stream<DynamicTest> modelsComputeWhatTheReferenceComputes() {
    return GoldenModelTest.tests(List.of(device));
  }

  @TestFactory
  Stream<DynamicTest> layersOfSeveralInputsComputeWhatTheReferenceComputes() {
    return GoldenRowsTest.tests(List.of(device), false);
  }

  @TestFactory
  Stream<DynamicTest> attentionByHashingComputesWhatTheReferenceComputes() {
    return GoldenHashingTest.tests(List.of(device), false);
  }

  @TestFactory
  Stream<DynamicTest> encodersClassifyAsTheReferenceDoes() {
    return GoldenSourceModelTest.classifierTests(List.of(device));
  }

  @TestFactory
  Stream<DynamicTest> checkpointFilesGiveTheRecordedLogitsAndTokens() {
    return GoldenCheckpointTest.tests(List.of(device));
  }

  @TestFactory
  Stream<DynamicTest> lossesAndAccuraciesAreTheReferences() {
    return GoldenLossTest.tests(List.of(device), false);
  }
}
