package org.terraformer.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.terraformer.ports.failure.InvalidInputException;

/** How much memory this machine can still give. */
final class AvailableMemory {
  private static final Path LINUX = Path.of("/proc/meminfo");

  private AvailableMemory() {}

  /**
   * @param what the subject of the sentence, as {@code The weights}
   * @param remedy what needs less, as {@code fewer --blocks}
   * @throws InvalidInputException if there is less, with both numbers
   */
  static void require(long bytes, String what, String remedy) {
    long available = bytes();
    if (bytes > available) {
      throw InvalidInputException.of("%s need %.1f GB but %.1f GB of memory are available; %s need less.",
          what, bytes / 1e9, available / 1e9, remedy);
    }
  }

  /** What Linux says is available; elsewhere no limit is known. */
  private static long bytes() {
    try {
      for (String line : Files.readAllLines(LINUX)) {
        if (line.startsWith("MemAvailable:")) {
          return 1024 * Long.parseLong(line.replaceAll("\\D", ""));
        }
      }
      return Long.MAX_VALUE;
    } catch (IOException e) {
      return Long.MAX_VALUE;
    }
  }
}
