package org.terraformer.app.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.terraformer.cpu.scalar.ScalarBackend;
import org.terraformer.cpu.scalar.ScalarKernels;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.domain.model.BuiltInLayerTypes;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.kernel.Backend;
import org.terraformer.ports.kernel.Executable;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.tensor.DType;

class TimedModelTest {
  private static final LayerTypes TYPES = new LayerTypes(BuiltInLayerTypes.all());
  private static final BenchOptions OPTIONS = new BenchOptions(DType.F32, 0, 0, 2, 1, 0, 3, 3, 0, DType.F32, false);
  private static final Contender MODEL = Contender.of(BenchShape.named("tiny"), List.of(Variant.DENSE), OPTIONS).getFirst();

  private final Set<String> read = new HashSet<>();

  @Test
  void aDistantBackendGivesTheChosenIdsAsItDoesWhereTextIsGenerated() {
    Program program = decode(true);
    assertThat(read).isNotEmpty().doesNotContain(program.output(TransformerLm.LOGITS).name());
  }

  @Test
  void elsewhereTheLogitsAreRead() {
    Program program = decode(false);
    assertThat(read).containsExactly(program.output(TransformerLm.LOGITS).name());
  }

  @Test
  void theProgramIsTheModelsOnEveryBackend() {
    assertThat(decode(true).outputs().keySet()).isEqualTo(decode(false).outputs().keySet());
  }

  private Program decode(boolean distant) {
    try (Arena arena = Arena.ofShared()) {
      Program program = MODEL.model(TYPES);
      WeightSource weights = RandomWeights.of(program, DType.F32, 128,
          RandomWeights.region(RandomWeights.bytes(program, DType.F32), DType.F32, 128, arena), arena);
      try (TimedModel model = TimedModel.open(MODEL, TYPES, weights, backend(distant), OPTIONS, 2)) {
        model.decode(OPTIONS.tokens());
        return model.program();
      }
    }
  }

  /** The backend scalar, distant or not, of whose executables is noted what is read. */
  private Backend backend(boolean distant) {
    Backend scalar = new ScalarBackend(ScalarKernels.all());
    return proxy(Backend.class, scalar, (name, arguments, result) ->
        result instanceof Executable executable ? noting(executable) : name.equals("distant") ? distant : result);
  }

  private Executable noting(Executable executable) {
    return proxy(Executable.class, executable, (name, arguments, result) -> {
      if (name.equals("read")) {
        read.add(((Value) arguments[0]).name());
      }
      return result;
    });
  }

  /** What becomes of a method's result. */
  @FunctionalInterface
  private interface Answer {
    Object of(String method, Object[] arguments, Object result);
  }

  private static <T> T proxy(Class<T> type, T original, Answer answer) {
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
      try {
        return answer.of(method.getName(), arguments, method.invoke(original, arguments));
      } catch (InvocationTargetException e) {
        throw e.getCause();
      }
    }));
  }
}
