package org.terraformer.app.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The memory that this process has in use, mapped files included.
 *
 * @param now bytes
 * @param peak the most so far
 */
public record ResidentMemory(long now, long peak) {
  private static final Path LINUX = Path.of("/proc/self/status");

  /** What Linux says; elsewhere nothing is known. */
  static Optional<ResidentMemory> read() {
    try {
      Map<String, Long> bytes = new LinkedHashMap<>();
      for (String line : Files.readAllLines(LINUX)) {
        if (line.startsWith("VmRSS:") || line.startsWith("VmHWM:")) {
          bytes.put(line.substring(0, 5), 1024 * Long.parseLong(line.replaceAll("\\D", "")));
        }
      }
      return bytes.size() == 2 ? Optional.of(new ResidentMemory(bytes.get("VmRSS"), bytes.get("VmHWM"))) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
