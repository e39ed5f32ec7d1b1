package org.terraformer.app.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderLockTest {
  @TempDir
  private Path folder;

  @Test
  void whoComesSecondIsRefusedUntilTheFirstIsDone() throws IOException {
    try (FolderLock first = FolderLock.of(folder)) {
      assertThat(first.held()).isTrue();
      assertThatThrownBy(() -> FolderLock.of(folder)).isInstanceOf(FileSystemException.class)
          .hasMessage(folder + ": another program is writing it");
    }
    FolderLock.of(folder).close();
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void anotherProgramIsRefusedAsLongAsThisOneHoldsIt() throws Exception {
    try (FolderLock _ = FolderLock.of(folder)) {
      assertThatThrownBy(() -> FolderLock.of(folder)).isInstanceOf(FileSystemException.class);
      assertThat(otherProgram()).isEqualTo("another program is writing it");
    }
    assertThat(otherProgram()).isEqualTo("held");
  }

  private String otherProgram() throws Exception {
    Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")), OtherProgram.class.getName(),
        folder.toString()).start();
    try (BufferedReader said = process.inputReader()) {
      return said.readLine();
    } finally {
      process.waitFor();
    }
  }

  /** Tells whether it gets the lock. */
  static final class OtherProgram {
    public static void main(String[] arguments) throws IOException {
      try (FolderLock _ = FolderLock.of(Path.of(arguments[0]))) {
        System.out.println("held");
      } catch (FileSystemException e) {
        System.out.println(e.getReason());
      }
    }
  }

  @Test
  void neverDoTwoHoldItHoweverManyComeAndGo() throws Exception {
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Callable<Void> comeAndGo = () -> {
      for (int i = 0; i < 500; i++) {
        try (FolderLock _ = FolderLock.of(folder)) {
          most.accumulateAndGet(holders.incrementAndGet(), Math::max);
          holders.decrementAndGet();
        } catch (FileSystemException e) {
          Thread.onSpinWait();
        }
      }
      return null;
    };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Void>> ended = threads.invokeAll(Stream.generate(() -> comeAndGo).limit(4).toList());
      for (Future<Void> each : ended) {
        each.get();
      }
    }
    assertThat(most).hasValue(1);
  }
}
