package org.terraformer.app.extension;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The separate module in {@code src/test/extension}, built as its author would build it: against the library's modules alone. */
final class ExampleExtension {
  private static final Path SOURCES = Path.of("src/test/extension");
  /** The jar with the API of TornadoVM: no module, and at run time a TornadoVM SDK brings its own. */
  private static final String TORNADO_API = "gpu-llama3";
  private static final List<String> TEST_LIBRARIES = List.of("junit", "jqwik", "assertj", "opentest4j", "apiguardian", "byte-buddy", "surefire");

  private ExampleExtension() {}

  /** What stands on the library's own module path. */
  static String modulePath() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(entry -> !entry.endsWith("test-classes") && !entry.contains(TORNADO_API) && TEST_LIBRARIES.stream().noneMatch(Path.of(entry).getFileName().toString()::contains))
        .filter(entry -> Files.exists(Path.of(entry)))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static String tornadoApi() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator)).filter(entry -> entry.contains(TORNADO_API))
        .findFirst().orElseThrow();
  }

  /** Compiles the module into a folder. */
  static Path classes(Path target) {
    List<String> arguments = new ArrayList<>(
        List.of("-d", target.toString(), "--module-path", modulePath(), "--add-modules", "jdk.incubator.vector", "-g",
            "--release", String.valueOf(Runtime.version().feature()), "--enable-preview",
            "--class-path", tornadoApi(), "--add-reads", "org.example.banded=ALL-UNNAMED",
            "--add-reads", "org.terraformer.adapters.tornado=ALL-UNNAMED"));
    sources().forEach(source -> arguments.add(source.toString()));
    run("javac", arguments);
    return target;
  }

  /** Compiles the module into a jar. */
  static Path jar(Path folder) {
    Path jar = folder.resolve("banded.jar");
    run("jar", List.of("--create", "--file", jar.toString(), "-C", classes(folder.resolve("classes")).toString(), "."));
    return jar;
  }

  private static void run(String tool, List<String> arguments) {
    StringWriter said = new StringWriter();
    PrintWriter messages = new PrintWriter(said);
    int code = ToolProvider.findFirst(tool).orElseThrow().run(messages, messages, arguments.toArray(String[]::new));
    assertThat(code).as(said.toString()).isZero();
  }

  private static List<Path> sources() {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return new ArrayList<>(files.filter(file -> file.toString().endsWith(".java")).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
