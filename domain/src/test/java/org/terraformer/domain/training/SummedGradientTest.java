package org.terraformer.domain.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Extent;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.recording.Initialization;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

class SummedGradientTest {
  private final float[] outputs = new float[2];
  private final Value gradient = value(2, Value.Kind.RESULT, "gradient");
  private final Executable reachable = executable(Optional.of(MemorySegment.ofArray(outputs)));
  private final Executable elsewhere = executable(Optional.empty());

  private static Value value(int id, Value.Kind kind, String name) {
    return new Value(id, kind, name, DType.F32, Extent.FIXED, Shape.of(2));
  }

  private SummedGradient of(Executable executable, String weight) {
    return new SummedGradient(executable,
        new TrainedWeight(value(0, Value.Kind.VECTOR, weight), Optional.of(gradient), new Initialization.Constant(0), Optional.empty()));
  }

  private Executable executable(Optional<MemorySegment> memory) {
    return (Executable) Proxy.newProxyInstance(Executable.class.getClassLoader(), new Class<?>[] {Executable.class}, (proxy, method, arguments) -> {
      if (method.getName().equals("read")) {
        System.arraycopy(outputs, 0, arguments[1], 0, outputs.length);
        return null;
      }
      return memory;
    });
  }

  private void run(float first, float second) {
    outputs[0] = first;
    outputs[1] = second;
  }

  private static float[] values(SummedGradient gradient) {
    return gradient.tensor().data().toArray(ValueLayout.JAVA_FLOAT);
  }

  @Test
  void theGradientOfAWholeBatchIsWhatTheRunLeft() {
    for (Executable executable : List.of(reachable, elsewhere)) {
      SummedGradient weight = of(executable, "weight");
      run(1, 2);
      weight.read();
      assertThat(values(weight)).containsExactly(1, 2);
    }
  }

  @Test
  void partsAreAddedUpAnewInEachStep() {
    for (Executable executable : List.of(reachable, elsewhere)) {
      SummedGradient weight = of(executable, "weight");
      for (int step = 0; step < 2; step++) {
        run(1, 2);
        weight.read();
        weight.add(true);
        run(10, 20);
        weight.read();
        weight.add(false);
        weight.sum();
        assertThat(values(weight)).containsExactly(11, 22);
      }
    }
  }

  @Test
  void weightsWithOneGradientHaveTheSameSum() {
    List<SummedGradient> both = List.of(of(reachable, "weight"), of(reachable, "another"));
    run(1, 2);
    both.forEach(weight -> weight.add(true));
    run(10, 20);
    both.forEach(weight -> weight.add(false));
    both.forEach(SummedGradient::sum);
    both.forEach(weight -> assertThat(values(weight)).containsExactly(11, 22));
  }
}
