package org.terraformer.app.golden;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.BandwidthProbe;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.ExecutionLimits;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.tornado.TornadoBackend;
import org.terraformer.tornado.TornadoKernels;

/**
 * The golden layers and models, their gradients excepted, on the first device of a TornadoVM runtime if Java was started with one. A case with
 * an operation that the device has no kernel for is skipped, with that sentence.
 */
@Tag("tornado")
class GoldenOnDeviceTest {
  private static Backend device;

  @BeforeAll
  static void runtime() {
    Backend tornado = new TornadoBackend(TornadoKernels.all(), Optional.empty());
    if (!tornado.available()) {
      System.out.println("Skipped: the backend tornado " + tornado.description());
    }
    Assumptions.assumeTrue(tornado.available(), tornado::description);
    device = new WithoutSomeKernels(tornado);
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
    return GoldenRowsTest.tests(List.of(device));
  }

  @TestFactory
  Stream<DynamicTest> attentionByHashingComputesWhatTheReferenceComputes() {
    return GoldenHashingTest.tests(List.of(device), false);
  }

  @TestFactory
  Stream<DynamicTest> encodersClassifyAsTheReferenceDoes() {
    return GoldenSourceModelTest.classifierTests(List.of(device));
  }

  /** The backend, whose refusal of an operation skips the test. */
  private record WithoutSomeKernels(Backend backend) implements Backend {
    @Override
    public String name() {
      return backend.name();
    }

    @Override
    public String description() {
      return backend.description();
    }

    @Override
    public boolean available() {
      return backend.available();
    }

    @Override
    public Executable prepare(Program program, WeightSource weights, ExecutionLimits limits, ProgressListener progress) {
      try {
        return backend.prepare(program, weights, limits, progress);
      } catch (InvalidInputException e) {
        Assumptions.assumeFalse(e.getMessage().startsWith("The backend tornado has no kernel for the operation "), e.getMessage());
        throw e;
      }
    }

    @Override
    public BandwidthProbe bandwidthProbe() {
      return backend.bandwidthProbe();
    }
  }
}
