package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.Models;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;
import org.terraformer.ports.tensor.Tensor;

class BenchFindingsTest {
  private static final CompositionRoot ROOT = CompositionRoot.of(1, List.of());
  private static final Backend CPU = ROOT.backends().get("cpu");
  private static final Backend SCALAR = ROOT.backends().get("scalar");

  @TempDir
  private Path folder;

  private BenchFindings findings;

  @BeforeEach
  void empty() {
    findings = BenchFindings.of(Map.of("XDG_CACHE_HOME", folder.toString()));
  }

  @Test
  void autoTakesWhatBenchFoundFastestAndSaysWhatItFound() {
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.004);
    findings.keep(program(3), weights(3, DType.F32), SCALAR, 0.003);
    AutomaticChoice choice = choice(3, DType.F32);
    assertThat(choice.backend().name()).isEqualTo("scalar");
    assertThat(choice.reason())
        .isEqualTo("auto takes the backend scalar: bench measured for a token of a model of this shape 3.00 ms on scalar, 4.00 ms on cpu");
  }

  @Test
  void withoutAFindingAutoTakesWhatIsTakenWithoutANameAndSaysSo() {
    AutomaticChoice choice = choice(3, DType.F32);
    assertThat(choice.backend().name()).isEqualTo(ROOT.fastest().name());
    assertThat(choice.reason()).endsWith("as bench has measured no model of this shape here");
  }

  @Test
  void aFindingIsForModelsOfTheSameShapeAndTypeAlone() {
    findings.keep(program(3), weights(3, DType.F32), SCALAR, 0.001);
    assertThat(findings.of(program(4), weights(4, DType.F32), ROOT.backends())).isEmpty();
    assertThat(findings.of(program(3), weights(3, DType.BF16), ROOT.backends())).isEmpty();
  }

  @Test
  void aFindingBehindOneSourceIsForSourcesOfEveryLength() {
    ModelConfig config = ModelConfig.fromMap(Map.of("model_type", "encoder_decoder", "vocabulary_size", 20, "width", 8, "blocks", 1,
        "max_length", 64, "attention", Map.of("type", "dense", "heads", 2), "cross_attention", Map.of("type", "dense", "heads", 2),
        "feed_forward", Map.of("type", "dense", "hidden_size", 16), "encoder",
        Map.of("blocks", 1, "attention", Map.of("type", "dense", "heads", 2))));
    NamedTensors none = new NamedTensors("weights", List.of());
    findings.keep(Models.decoder(config, ROOT.layerTypes(), 9), none, SCALAR, 0.001);
    assertThat(findings.of(Models.decoder(config, ROOT.layerTypes(), 30), none, ROOT.backends())).containsKey("scalar");
  }

  @Test
  void theLastFindingOfABackendCounts() {
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.001);
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.002);
    assertThat(findings.of(program(3), weights(3, DType.F32), ROOT.backends()).get("cpu")).isCloseTo(2, within(1e-9));
  }

  @Test
  void aFindingOfAnotherMachineDoesNotCount() throws IOException {
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.001);
    change(json -> json.replace(CPU.description(), "another processor"));
    assertThat(findings.of(program(3), weights(3, DType.F32), ROOT.backends())).isEmpty();
  }

  @Test
  void aFindingOfAnotherDeviceOfTheSameBackendDoesNotCount() {
    Backend first = onDevice("0:0");
    findings.keep(program(3), weights(3, DType.F32), first, 0.001);
    assertThat(findings.of(program(3), weights(3, DType.F32), Map.of(first.name(), first))).containsKey(first.name());
    assertThat(findings.of(program(3), weights(3, DType.F32), Map.of(first.name(), onDevice("0:1")))).isEmpty();
  }

  @Test
  void aDamagedFileHoldsNothingAndIsReplaced() throws IOException {
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.001);
    change(json -> json.substring(1));
    assertThat(findings.of(program(3), weights(3, DType.F32), ROOT.backends())).isEmpty();
    findings.keep(program(3), weights(3, DType.F32), CPU, 0.001);
    assertThat(findings.of(program(3), weights(3, DType.F32), ROOT.backends())).containsKey("cpu");
  }

  @Test
  void aFileThatCantBeWrittenIsTold() throws IOException {
    Files.writeString(folder.resolve("terraformer"), "a file where the folder should be");
    assertThat(findings.keep(program(3), weights(3, DType.F32), CPU, 0.001).orElseThrow()).contains("bench.json can't be written");
  }

  /** A backend that describes all of its devices and runs on one. */
  private static Backend onDevice(String device) {
    return (Backend) Proxy.newProxyInstance(Backend.class.getClassLoader(), new Class<?>[] {Backend.class},
        (proxy, method, arguments) -> method.getName().equals("runsOn") ? device : method.invoke(SCALAR, arguments));
  }

  private AutomaticChoice choice(int outputs, DType dtype) {
    return AutomaticChoice.of(ROOT, findings, program(outputs), weights(outputs, dtype));
  }

  private void change(UnaryOperator<String> edit) throws IOException {
    Path file = folder.resolve("terraformer").resolve("bench.json");
    Files.writeString(file, edit.apply(Files.readString(file)));
  }

  private static Program program(int outputs) {
    Recorder recorder = new Recorder();
    recorder.output("y", recorder.apply(new Linear(false), recorder.input("x", DType.F32, Extent.ROW, 5), recorder.matrix("w", outputs, 5)));
    return recorder.program();
  }

  private static NamedTensors weights(int outputs, DType dtype) {
    Shape shape = Shape.of(outputs, 5);
    return new NamedTensors("weights",
        List.of(Conversion.convert(Tensor.of("w", shape, new float[shape.intElements()]), dtype, Arena.ofAuto())));
  }
}
