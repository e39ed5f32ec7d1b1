package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.terraformer.ports.failure.InvalidInputException;

class PickleReaderTest {

  private static Object read(String bytes) {
    return PickleReader.read("file", bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void plainValuesAndContainersAreBuilt() {
    assertThat(read("(dS'step'\nI7\nsS'flags'\n(lI01\naI00\naNas.")).isEqualTo(
        Map.of("step", 7L, "flags", Arrays.asList(true, false, null)));
    assertThat(read("\u0080\u0002K\u0001M\u0000\u0001J\u00ff\u00ff\u00ff\u00ff\u0087.")).isEqualTo(List.of(1L, 256L, -1L));
    assertThat(read("\u0080\u0002G?\u00e0\u0000\u0000\u0000\u0000\u0000\u0000.")).isEqualTo(0.5);
    assertThat(read("\u0080\u0002\u008a\u0009\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0001.")).isEqualTo(BigInteger.ONE.shiftLeft(64));
  }

  @Test
  void whatIsRememberedIsTheSameObject() {
    List<?> list = (List<?>) read("\u0080\u0002]q\u0000(]q\u0001h\u0001h\u0000e.");
    assertThat(list.get(0)).isSameAs(list.get(1));
    assertThat(list.get(2)).isSameAs(list);
  }

  @Test
  void aHarmlessClassStandsForItself() {
    assertThat(read("\u0080\u0002ctrax.supervised.history\nHistory\n)\u0081}b."))
        .isEqualTo(new PickleReader.Opaque("trax.supervised.history.History"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"os.system", "builtins.eval", "numpy.load", "trax.layers.Dense", "functools.partial"})
  void anyOtherNameIsRefusedAndNotRun(String name) {
    int dot = name.lastIndexOf('.');
    assertThatThrownBy(() -> read("c%s\n%s\n(S'true'\ntR.".formatted(name.substring(0, dot), name.substring(dot + 1))))
        .isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The pickle file names %s, which is not allowed; allowed are ".formatted(name));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "K", "0.", "h\u0001.", "P1\n.", "]K\u0001s.", "K\u0001K\u0002R.", "cbuiltins\nobject\n)R.", "U\u0009abc."})
  void aMalformedStreamIsRefused(String bytes) {
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith("The pickle file ");
  }
}
