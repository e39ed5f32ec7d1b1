package org.terraformer.app.format;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;

/** Tensors of one safetensors file that are replaced together. */
public final class TensorFile {
  private TensorFile() {}

  /**
   * Writes tensors; the old file, if any, stays until the new one is whole and on the disk.
   *
   * @throws InvalidInputException if that is not possible
   */
  public static void write(Path file, WeightSource tensors) {
    try {
      ReplacedFile.write(file, partial -> {
        List<Plane> planes = tensors.names().stream()
            .flatMap(name -> Plane.of(TensorHeader.of(tensors.find(name).orElseThrow())).stream()).toList();
        try (SafetensorsOutput output = new SafetensorsOutput(partial, planes)) {
          for (String name : tensors.names()) {
            output.put(tensors.find(name).orElseThrow(), written -> { });
          }
          output.finish();
        }
      });
    } catch (IOException e) {
      throw new InvalidInputException("%s can't be written: %s.".formatted(file, Reason.of(e)), e);
    }
  }
}
