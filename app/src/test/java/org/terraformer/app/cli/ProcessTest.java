package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.embedded.AlphabetModel;

/** What only a program of its own shows: signals, closed pipes, a full disk, a JVM with fewer modules. */
@Timeout(120)
@DisabledOnOs(OS.WINDOWS)
class ProcessTest {
  /** So many bytes can only be written once the program has begun to read. */
  private static final int MORE_THAN_A_PIPE_HOLDS = 1 << 20;

  @TempDir
  private static Path shared;
  private static String alphabet;

  @TempDir
  private Path folder;

  @BeforeAll
  static void writeTheAlphabetModel() {
    alphabet = AlphabetModel.write(shared.resolve("alphabet")).toString();
  }

  private record Ended(int code, String out, String err) {
    /** What the program itself said, without the JVM's own lines. */
    private List<String> sentences() {
      return err.lines().filter(line -> !line.startsWith("WARNING: ") && !line.startsWith("OpenJDK ")).toList();
    }
  }

  /** The JVM's options that switch modules on; the tests run with them. */
  private static List<String> modules() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream().filter(option -> option.startsWith("--add-modules")).toList();
  }

  private List<String> command(List<String> options, String... arguments) {
    List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData", "--enable-native-access=ALL-UNNAMED",
        "-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
    command.addAll(options);
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  private Process start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(folder.resolve("err").toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("TERRAFORMER"));
    return builder.start();
  }

  /** Reads the rest of what it prints. */
  private Ended end(Process process, String before) throws Exception {
    return ended(process, before + new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
  }

  private Ended ended(Process process, String out) throws Exception {
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the program ends").isTrue();
    return new Ended(process.exitValue(), out, Files.readString(folder.resolve("err")));
  }

  private Ended run(List<String> options, String... arguments) throws Exception {
    return end(start(command(options, arguments)), "");
  }

  private static String read(InputStream in, int bytes) throws IOException {
    return new String(in.readNBytes(bytes), StandardCharsets.UTF_8);
  }

  /** Whether this JVM was told to ignore Ctrl-C, as background jobs of some shells are; the programs it starts inherit that. */
  private static boolean ignoresCtrlC() throws IOException {
    Path status = Path.of("/proc/self/status");
    return Files.exists(status) && Files.readAllLines(status).stream().filter(line -> line.startsWith("SigIgn:"))
        .anyMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0);
  }

  @Test
  void ctrlCKeepsTheTextSoFarAndEndsWithoutAStackTrace() throws Exception {
    boolean ignored = ignoresCtrlC();
    Process process = start(command(List.of(), "generate", "--model", alphabet, "--backend", "scalar", "--max-tokens", "4000", "a"));
    String first = read(process.getInputStream(), 12);
    assertThat(new ProcessBuilder("kill", ignored ? "-TERM" : "-INT", "" + process.pid()).start().waitFor()).isZero();
    Ended ended = end(process, first);
    assertThat(ended.code()).isEqualTo(ignored ? 143 : 130);
    assertThat(ended.out()).startsWith(" b c d e f g").endsWith("\n");
    assertThat(ended.sentences().getLast()).matches("\\d+ tokens, [0-9.]+ tokens/s, backend scalar, interrupted");
    assertThat(ended.err()).doesNotContain("Exception", "\tat ");
  }

  @Test
  void ctrlCWhileAPromptIsTypedEndsAtOnce() throws Exception {
    Process process = start(command(List.of(), "generate", "--model", alphabet, "-"));
    process.getOutputStream().write(new byte[MORE_THAN_A_PIPE_HOLDS]);
    process.getOutputStream().flush();
    assertThat(new ProcessBuilder("kill", "-TERM", "" + process.pid()).start().waitFor()).isZero();
    Ended ended = end(process, "");
    assertThat(ended.code()).isEqualTo(143);
    assertThat(ended.err()).doesNotContain("Exception", "\tat ");
  }

  @Test
  void aReaderWhoHasHadEnoughEndsTheProgramQuietly() throws Exception {
    Process process = start(command(List.of(), "generate", "--model", alphabet, "--backend", "scalar", "--max-tokens", "4000", "a"));
    assertThat(read(process.getInputStream(), 10)).isEqualTo(" b c d e f");
    process.getInputStream().close();
    Ended ended = ended(process, "");
    assertThat(ended.code()).isZero();
    assertThat(ended.sentences()).allMatch(line -> line.contains("slow backend"));
  }

  @Test
  void withoutTheModuleOfTheFastBackendTheProgramRunsAndSaysHowToBeFaster() throws Exception {
    Ended ended = run(List.of(), "generate", "--model", alphabet, "--max-tokens", "6", "a b c");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualToIgnoringNewLines(" d e f");
    assertThat(ended.sentences()).hasSize(2);
    assertThat(ended.sentences().getFirst()).startsWith("terraformer: running on the slow backend scalar; the fast backend cpu needs ");
  }

  @Test
  void aFallbackIsTakenWithOneLineThatSaysWhy() throws Exception {
    Ended ended = run(List.of(), "generate", "--model", alphabet, "--backend", "cpu", "--fallback", "scalar", "--max-tokens", "6", "a b c");
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).isEqualToIgnoringNewLines(" d e f");
    assertThat(ended.sentences().getFirst()).startsWith("terraformer: The backend cpu needs ").endsWith(" Going on with the backend scalar.");
    Ended without = run(List.of(), "generate", "--model", alphabet, "--backend", "cpu", "a b c");
    assertThat(without.code()).isEqualTo(2);
    assertThat(without.sentences()).singleElement().asString().startsWith("terraformer: The backend cpu needs ");
  }

  @Test
  void onATerminalTheFiguresStandBelowTheText() throws Exception {
    Process process = new ProcessBuilder(command(List.of(), "generate", "--model", alphabet, "--max-tokens", "6", "a b c")).redirectErrorStream(true).start();
    String all = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(all).containsPattern("(?m)^ d e f$\\R^6 tokens, ");
  }

  @Test
  void aPromptFromStandardInputIsContinued() throws Exception {
    Process process = start(command(modules(), "generate", "--model", alphabet, "-q", "--max-tokens", "4", "-"));
    try (OutputStream in = process.getOutputStream()) {
      in.write("x y\n".getBytes(StandardCharsets.UTF_8));
    }
    Ended ended = end(process, "");
    assertThat(ended.out()).isEqualToIgnoringNewLines(" z a");
    assertThat(ended.sentences()).isEmpty();
  }

  @Test
  void aDiskThatGetsFullLeavesNothingBehind() throws Exception {
    Path target = folder.resolve("new/model");
    List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -f 64; exec \"$@\"", "sh"));
    command.addAll(command(List.of(), "convert", "--dtype", "f32", alphabet, "--out", target.toString()));
    Ended ended = end(start(command), "");
    assertThat(ended.code()).isEqualTo(2);
    assertThat(ended.sentences()).singleElement().asString()
        .startsWith("terraformer: The model folder " + target + " can't be written: ");
    assertThat(folder.resolve("new")).doesNotExist();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aFullStandardOutputIsOneSentence() throws Exception {
    Process process = new ProcessBuilder(command(List.of(), "backends")).redirectOutput(Path.of("/dev/full").toFile())
        .redirectError(folder.resolve("err").toFile()).start();
    Ended ended = ended(process, "");
    assertThat(ended.sentences()).containsExactly("terraformer: standard output can't be written: No space left on device.");
    assertThat(ended.code()).isEqualTo(2);
  }

  @Test
  void helpInAPipeHasNoColours() throws Exception {
    for (String name : List.of(
        "generate", "summarize", "inspect", "convert", "import-trax", "train-tokenizer", "train", "evaluate", "backends")) {
      java.io.StringWriter out = new java.io.StringWriter();
      assertThat(Main.run(new String[] {name, "--help"}, new java.io.PrintWriter(out), new java.io.PrintWriter(out))).isZero();
      assertThat(out.toString()).contains("Example").doesNotContain("\u001b");
      assertThat(out.toString().replaceAll("(?s).*\nExample", "").lines().skip(1)).as("examples of %s, on lines of their own", name)
          .allMatch(line -> line.startsWith("  "));
    }
    assertThat(run(List.of(), "--help").out()).contains("generate-completion").doesNotContain("\u001b");
  }
}
