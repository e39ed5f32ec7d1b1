package org.terraformer.app.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher script in a small house: its Maven notes that it was called, its Java prints its arguments. */
@Timeout(60)
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {
  private static final Duration PAST = Duration.ofHours(1);

  @TempDir
  private Path folder;

  private Path house;
  private Path source;

  private record Ended(int code, String out, String err) {}

  @BeforeEach
  void build() throws IOException {
    house = Files.createDirectories(folder.resolve("a house"));
    source = Files.createDirectories(house.resolve("domain/src/main/java")).resolve("Layer.java");
    Files.writeString(source, "class Layer {}");
    Files.writeString(house.resolve("pom.xml"), "<project/>");
    Files.copy(Path.of(System.getProperty("root.dir"), "terraformer"), house.resolve("terraformer"));
    maven("echo built >>builds; mkdir -p app/target/lib; touch app/target/terraformer-app-1.jar app/target/ready");
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"25.0.1\"\n");
    script(jdk.resolve("java"), "printf '%s\\n' \"$@\"");
  }

  private void maven(String commands) throws IOException {
    script(house.resolve("mvnw"), commands);
  }

  private static void script(Path file, String commands) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }

  /** What was done so far was done long ago. */
  private void timePasses() throws IOException {
    FileTime past = FileTime.from(Instant.now().minus(PAST));
    try (Stream<Path> all = Files.walk(house)) {
      for (Path file : all.toList()) {
        Files.setLastModifiedTime(file, past);
      }
    }
  }

  private Process start(Path script, String... arguments) throws IOException {
    return builder(script, arguments).start();
  }

  private ProcessBuilder builder(Path script, String... arguments) {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("TERRAFORMER_JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("TERRAFORMER_OPTS");
    builder.environment().remove("TORNADOVM_HOME");
    return builder;
  }

  private static Ended end(Process process) throws Exception {
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), out, err);
  }

  private Ended run(String... arguments) throws Exception {
    return end(start(house.resolve("terraformer"), arguments));
  }

  private List<String> builds() throws IOException {
    return Files.readAllLines(house.resolve("builds"));
  }

  @Test
  void theFirstCallBuildsAndTheSecondDoesNot() throws Exception {
    Ended first = run("generate", "a b c");
    assertThat(first.code()).isZero();
    assertThat(first.err()).isEqualTo("terraformer: building, once\n");
    assertThat(first.out()).endsWith("\norg.terraformer.app.cli.Main\ngenerate\na b c\n");
    assertThat(run("generate").err()).isEmpty();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void theOptionsOfATornadoVmSdkAreTakenOverWithoutTheWorkingFolder() throws Exception {
    Path sdk = Files.createDirectories(folder.resolve("an sdk"));
    Files.writeString(sdk.resolve("tornado-argfile"), "-XX:+UseParallelGC\n--module-path .:/sdk/share/java/tornado\n");
    ProcessBuilder builder = builder(house.resolve("terraformer"), "backends");
    builder.environment().put("TORNADOVM_HOME", sdk.toString());
    Ended ended = end(builder.start());
    assertThat(ended.code()).isZero();
    assertThat(ended.out()).startsWith("-Xshare:auto\n@" + sdk.resolve("tornado-argfile") + "\n-XX:-UseParallelGC\n")
        .contains("\n--module-path\n" + house.resolve("app/target/terraformer-app-1.jar") + ":" + house.resolve("app/target/lib")
            + ":/sdk/share/java/tornado\n");
  }

  @Test
  void aFolderThatIsNoTornadoVmSdkIsNamedAndPassedOver() throws Exception {
    run("backends");
    ProcessBuilder builder = builder(house.resolve("terraformer"), "backends");
    builder.environment().put("TORNADOVM_HOME", folder.resolve("nowhere").toString());
    Ended ended = end(builder.start());
    assertThat(ended.err()).isEqualTo("terraformer: going on without TornadoVM, as TORNADOVM_HOME is %s, where there is no tornado-argfile.\n"
        .formatted(folder.resolve("nowhere")));
    assertThat(ended.out()).doesNotContain("UseParallelGC").endsWith("backends\n");
  }

  @Test
  void anArchiveForFastStartsIsMadeOnceAndUsed() throws Exception {
    archivingJava("");
    run("generate");
    Path archive = onlyArchive(house);
    assertThat(archive).hasContent("a/A\n@cp a/A 1\npicocli/B\n");
    assertThat(run("generate").out()).startsWith("-XX:SharedArchiveFile=" + archive + "\n");
    Files.writeString(source, "class Layer { }");
    timePasses();
    Files.setLastModifiedTime(source, FileTime.from(Instant.now()));
    run("generate");
    assertThat(archive).hasContent("a/A\n@cp a/A 1\npicocli/B\n");
    assertThat(builds()).hasSize(2);
  }

  @Test
  void anArchiveWhoseMakingWasInterruptedIsMadeByTheNextStart() throws Exception {
    archivingJava("test ! -e impatient || { kill -TERM $PPID; exit 143; }; ");
    Path impatient = Files.createFile(folder.resolve("impatient"));
    Ended interrupted = run("generate");
    assertThat(interrupted.code()).isEqualTo(143);
    assertThat(interrupted.out()).isEmpty();
    assertThat(house.resolve("app/target")).isDirectoryNotContaining("regex:.*\\.jsa(\\.\\d+|\\.tried)?");
    Files.delete(impatient);
    Ended next = run("generate");
    assertThat(next.err()).isEqualTo("terraformer: preparing fast starts, once\n");
    assertThat(next.out()).startsWith("-XX:SharedArchiveFile=" + onlyArchive(house) + "\n");
    assertThat(run("generate").err()).isEmpty();
  }

  @Test
  void aCopyOfTheFolderMakesAnArchiveOfItsOwn() throws Exception {
    archivingJava("");
    run("generate");
    Path archive = onlyArchive(house);
    Path copy = folder.resolve("copy");
    assertThat(new ProcessBuilder("cp", "-a", house.toString(), copy.toString()).start().waitFor()).isZero();
    assertThat(end(start(copy.resolve("terraformer"), "generate")).out()).startsWith("-XX:SharedArchiveFile=" + copy)
        .doesNotContain(archive.getFileName().toString());
  }

  /** A Java that notes the classes of a start and lays them down, and prints its arguments. */
  private void archivingJava(String beforeEnding) throws IOException {
    script(folder.resolve("jdk/bin/java"), """
        case $1 in
          -XX:DumpLoadedClassList=*) printf 'a/A\\n@cp a/A 1\\npicocli/B\\n@cp picocli/B 2\\n' >"${1#*=}" ;;
          -Xshare:dump) cat "${2#*=}" >>"${3#*=}"; %s;;
        esac
        printf '%%s\\n' "$@"
        """.formatted(beforeEnding));
  }

  private static Path onlyArchive(Path house) throws IOException {
    try (Stream<Path> files = Files.list(house.resolve("app/target"))) {
      return files.filter(file -> file.getFileName().toString().matches("start-25\\.0\\.1-.+\\.jsa")).toList().getFirst();
    }
  }

  @Test
  void whereNoArchiveCanBeMadeTheProgramStartsWithoutAndDoesNotTryAgain() throws Exception {
    script(folder.resolve("jdk/bin/java"), "case $1 in -Xshare:dump) exit 1; esac; printf '%s\\n' \"$@\"");
    assertThat(run("generate").out()).startsWith("-Xshare:auto\n");
    assertThat(run("generate")).isEqualTo(run("generate"));
  }

  @Test
  void aChangedSourceIsBuilt() throws Exception {
    run();
    timePasses();
    assertThat(run().err()).isEmpty();
    Files.writeString(source, "class Layer { }");
    run();
    assertThat(builds()).hasSize(2);
  }

  @Test
  void aRemovedSourceIsBuilt() throws Exception {
    run();
    timePasses();
    Files.delete(source);
    run();
    assertThat(builds()).hasSize(2);
  }

  @Test
  void aJavaOnThePathIsFoundBehindItsLinkWhereJavaHomeIsTooOld() throws Exception {
    Path old = Files.createDirectories(folder.resolve("old/bin")).getParent();
    Files.writeString(old.resolve("release"), "IMPLEMENTOR=\"Any\"\nJAVA_VERSION=\"17.0.9\"");
    script(old.resolve("bin/java"), "echo old");
    Path commands = Files.createDirectories(folder.resolve("commands"));
    Files.createSymbolicLink(commands.resolve("java"), folder.resolve("jdk/bin/java"));
    ProcessBuilder builder = builder(house.resolve("terraformer"), "backends");
    builder.environment().remove("TERRAFORMER_JAVA_HOME");
    builder.environment().put("JAVA_HOME", old.toString());
    builder.environment().merge("PATH", commands.toString(), (path, first) -> first + ":" + path);
    assertThat(end(builder.start()).out()).endsWith("org.terraformer.app.cli.Main\nbackends\n");
  }

  @Test
  void aLinkToTheLauncherFindsTheHouse() throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a house/terraformer"));
    Path second = Files.createSymbolicLink(Files.createDirectories(folder.resolve("bin")).resolve("tf"), link);
    assertThat(end(start(second, "backends")).code()).isZero();
    assertThat(builds()).hasSize(1);
  }

  @Test
  void aFailedBuildShowsItsFirstErrors() throws Exception {
    maven("echo '[INFO] many lines'; echo '[ERROR] Layer.java is wrong'; exit 1");
    Ended ended = run("generate");
    assertThat(ended.code()).isEqualTo(1);
    assertThat(ended.out()).isEmpty();
    assertThat(ended.err()).startsWith("terraformer: building, once\n[ERROR] Layer.java is wrong\nterraformer: the build failed; its log is ");
    Files.delete(Path.of(ended.err().strip().replaceFirst("(?s).* is ", "")));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void ofTwoCallsAtOnceOneBuildsAndTheOtherWaits() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", house.resolve("gate").toString()).start().waitFor()).isZero();
    maven("echo built >>builds; read line <gate; mkdir -p app/target/lib; touch app/target/terraformer-app-1.jar app/target/ready");
    Process first = start(house.resolve("terraformer"), "first");
    Process second = start(house.resolve("terraformer"), "second");
    try (BufferedReader one = first.errorReader(); BufferedReader two = second.errorReader()) {
      assertThat(List.of(one.readLine(), two.readLine()))
          .containsExactlyInAnyOrder("terraformer: building, once", "terraformer: waiting for another build");
      Files.writeString(house.resolve("gate"), "open\n");
      assertThat(first.waitFor()).isZero();
      assertThat(second.waitFor()).isZero();
    }
    assertThat(builds()).hasSize(1);
  }
}
