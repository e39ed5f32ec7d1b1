package org.terraformer.app.library;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.terraformer.app.embedded.AlphabetModel;

/** What the README shows of the library compiles and runs as it stands there. */
class ReadmeTest {
  private static final Pattern EXAMPLE = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
  private static final String PROGRAM = """
      import java.nio.file.Path;
      import org.terraformer.app.library.LanguageModel;
      import org.terraformer.domain.decoding.Sampling;

      public class Example {
        public static void run(Path folder) {
          %s
        }
      }
      """;

  @TempDir
  private Path folder;

  @Test
  void theExampleLoadsAFolderGeneratesAndStreams() throws Exception {
    Matcher example = EXAMPLE.matcher(Files.readString(Path.of(System.getProperty("root.dir"), "README.md")));
    assertThat(example.find()).isTrue();
    Path source = Files.writeString(folder.resolve("Example.java"), PROGRAM.formatted(example.group(1)));
    compile(source);
    Path model = AlphabetModel.write(folder.resolve("model"));
    assertThat(printedBy(model)).isEqualToNormalizingNewlines(" e f g\n f g h");
  }

  private void compile(Path source) {
    StringWriter problems = new StringWriter();
    PrintWriter log = new PrintWriter(problems, true);
    String libraries = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    assertThat(ToolProvider.findFirst("javac").orElseThrow()
        .run(log, log, "-proc:none", "-d", folder.toString(), "-cp", libraries, source.toString())).as(problems.toString()).isZero();
  }

  private String printedBy(Path model) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass("Example").getMethod("run", Path.class).invoke(null, model);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
