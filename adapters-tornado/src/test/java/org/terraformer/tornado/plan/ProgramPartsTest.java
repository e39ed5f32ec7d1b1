package org.terraformer.tornado.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Step;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Activation;
import org.terraformer.ports.operation.ActivationFunction;
import org.terraformer.ports.operation.Add;
import org.terraformer.ports.operation.Embedding;
import org.terraformer.ports.operation.Linear;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class ProgramPartsTest {
  private static final int WIDTH = 8;

  @Test
  void whatComesBeforeTheBlocksEachBlockAndWhatComesAfterAreParts() {
    assertThat(names(ProgramParts.of(model(3).steps(), 100))).containsExactly(
        List.of("embedding"), List.of("linear", "activation", "linear", "add"), List.of("linear", "activation", "linear", "add"),
        List.of("linear", "activation", "linear", "add"), List.of("linear"));
  }

  @Test
  void withoutRepetitionAllStepsAreOnePart() {
    assertThat(names(ProgramParts.of(model(1).steps(), 100))).containsExactly(
        List.of("embedding", "linear", "activation", "linear", "add", "linear"));
  }

  @Test
  void aPartWithMoreStepsThanAGraphMayHaveIsCut() {
    assertThat(names(ProgramParts.of(model(2).steps(), 3))).containsExactly(
        List.of("embedding"), List.of("linear", "activation", "linear"), List.of("add"),
        List.of("linear", "activation", "linear"), List.of("add"), List.of("linear"));
  }

  @Test
  void stepsStayInOrder() {
    Program program = model(4);
    assertThat(ProgramParts.of(program.steps(), 3).stream().flatMap(List::stream).toList()).isEqualTo(program.steps());
  }

  private static List<List<String>> names(List<List<Step>> parts) {
    return parts.stream().map(steps -> steps.stream().map(step -> step.operation().name()).toList()).toList();
  }

  private static Program model(int blocks) {
    Recorder recorder = new Recorder();
    Value x = recorder.apply(new Embedding(), recorder.input("tokens", DType.I32, Extent.ROW), recorder.matrix("table", 20, WIDTH));
    for (int block = 0; block < blocks; block++) {
      Value hidden = recorder.apply(new Activation(ActivationFunction.RELU),
          recorder.apply(new Linear(false), x, recorder.matrix("in" + block, 3 * WIDTH, WIDTH)));
      x = recorder.apply(new Add(), x, recorder.apply(new Linear(false), hidden, recorder.matrix("out" + block, WIDTH, 3 * WIDTH)));
    }
    recorder.output("logits", recorder.apply(new Linear(false), x, recorder.matrix("logits", 20, WIDTH)));
    return recorder.program();
  }
}
