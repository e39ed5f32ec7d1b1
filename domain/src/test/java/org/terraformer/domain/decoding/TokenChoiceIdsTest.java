package org.terraformer.domain.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.operation.Scale;
import org.terraformer.ports.recording.Recorder;
import org.terraformer.ports.tensor.DType;

class TokenChoiceIdsTest {

  @Test
  void whatIsAddedToAProgramThatLacksSomeIdsRepeatsNone() {
    Recorder recorder = new Recorder();
    Value unused = recorder.slotState("unused", 2);
    recorder.output(TransformerLm.LOGITS, recorder.apply(new Scale(1), recorder.input("x", DType.F32, Extent.KEPT_ROW, 5)));
    Program all = recorder.program();
    Program some = new Program(all.values().stream().filter(value -> !value.equals(unused)).toList(), all.steps(), all.outputs());
    assertThat(TokenChoice.added(some).values()).extracting(Value::id).doesNotHaveDuplicates().isSorted();
  }
}
