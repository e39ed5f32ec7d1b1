package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
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
  @ValueSource(strings = {"", "K", "0.", "h\u0001.", "P1\n.", "]K\u0001s.", "K\u0001K\u0002R.", "cbuiltins\nobject\n)R.",
      "U\u0009abc.",
      "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007fabc.",
      "\u008d\u00ff\u00ff\u00ff\u00ff\u0000\u0000\u0000\u0000abc.", "K\u0001Q.",
      "\u0082\u0001.", ")Na."})
  void aMalformedStreamIsRefused(String bytes) {
    assertThatThrownBy(() -> read(bytes)).isInstanceOf(InvalidInputException.class).hasMessageStartingWith("The pickle file ");
  }

  @Test
  void whatANameBringsAlongDoesNotReachTheTerminal() {
    assertThatThrownBy(() -> read("V\\u001b[2Jos\nVsys\\u000atem\n\u0093.")).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The pickle file names ?[2Jos.sys?tem, which is not allowed");
  }

  @Test
  void anOldInstanceIsRefusedByItsName() {
    assertThatThrownBy(() -> read("(S'true'\nios\nsystem\n.")).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The pickle file names os.system, which is not allowed");
  }

  @Test
  void textsOfTheOldestProtocolHaveEscapes() {
    assertThat(read("Va\\u20ac\\u005c\\U0001f600\u00e9\n.")).isEqualTo("a\u20ac\\\uD83D\uDE00\u00e9");
    assertThat(read("S'a\\x00\\n\\\\\\'\\377'\n.")).isEqualTo("a\0\n\\'\u00ff");
    assertThat(read("L36893488147419103232L\n.")).isEqualTo(BigInteger.ONE.shiftLeft(65));
  }

  @Test
  void anArrayOfTheNewestProtocolIsAnArray() {
    String buffer = "\u0080\u0005cnumpy._core.numeric\n_frombuffer\n("
        + "\u0096\u0008\u0000\u0000\u0000\u0000\u0000\u0000\u0000abcdefgh";
    assertThat(read(buffer + "cnumpy\ndtype\nU\u0002f4\u0085RK\u0002K\u0001\u0086U\u0001FtR."))
        .isInstanceOfSatisfying(PickleArray.class, array -> {
          assertThat(array.type()).isEqualTo("f4");
          assertThat(array.shape()).containsExactly(2, 1);
          assertThat(array.columnMajor()).isTrue();
          assertThat(array.data().size()).isEqualTo(8);
        });
    assertThatThrownBy(() -> read(buffer + "cnumpy\nfloat64\nK\u0002\u0085U\u0001CtR.")).isInstanceOf(InvalidInputException.class)
        .hasMessage("An array of file has 8 bytes of data, which do not fit its type f8 and shape [2].");
  }

  @Test
  void aLongByteStringIsLeftWhereItLies() {
    PickleBytes bytes = (PickleBytes) read("\u0080\u0004B\u0000\u0010\u0000\u0000" + "x".repeat(4096) + ".");
    assertThat(bytes).isEqualTo(new PickleBytes(7, 4096, Optional.empty()));
  }

  static Stream<Arguments> bombs() {
    String list = "cbuiltins\nlist\nq\u0001";
    String jax = "cjax._src.array\n_reconstruct_array\nq\u0001";
    return Stream.of(
        Arguments.of("copies of a list", "](" + "K\u0001".repeat(100_000) + "e\u0085q\u0000"
            + list + "(" + "h\u0001h\u0000R".repeat(20_000) + "l."),
        Arguments.of("long keys", "(" + "K\u0001".repeat(50_000) + "tq\u0000}" + "h\u0000Ns".repeat(50_000) + "."),
        Arguments.of("keys of one long text", "V" + "a".repeat(100_000) + "\nq\u0000("
            + "h\u0000".repeat(50_000) + "tq\u0001}h\u0001Ns."),
        Arguments.of("bytes of one long text", "V" + "a".repeat(100_000) + "\n\u0085q\u0000c_codecs\nencode\nq\u0001("
            + "h\u0001h\u0000R".repeat(20_000) + "l."),
        Arguments.of("an array that is made of itself", jax + "]q\u0002(h\u0001h\u0002Neh\u0001h\u0002R."),
        Arguments.of("arrays made of arrays", jax + "h\u0001".repeat(20_000) + ")" + "N\u0087".repeat(20_000) + "R."),
        Arguments.of("many axes", "cnumpy\nndarray\n)R(K\u0001(" + "K\u0001".repeat(100_000)
            + "tcnumpy\ndtype\nU\u0002f4\u0085R\u0089C\u0004abcdtb."),
        Arguments.of("many digits", "L" + "9".repeat(1_000_000) + "L\n."),
        Arguments.of("empty sets", "\u008f".repeat(1_000_000) + "."));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bombs")
  @Timeout(20)
  void whatGrowsFarBeyondItsFileIsRefused(String name, String bytes) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    byte[] pickle = bytes.getBytes(StandardCharsets.ISO_8859_1);
    long before = threads.getCurrentThreadAllocatedBytes();
    assertThatThrownBy(() -> PickleReader.read("file", pickle)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The pickle file ");
    assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64L << 20);
  }

  @Test
  void aBombThatIsPackedIsRefusedByThePackedSize() {
    InputStream endless = new InputStream() {
      @Override
      public int read() {
        return ']';
      }
    };
    assertThatThrownBy(() -> PickleReader.read("file", endless, 1000)).isInstanceOf(InvalidInputException.class)
        .hasMessageStartingWith("The pickle file asks for more memory than a file of its size may near byte ");
  }
}
