package org.terraformer.app.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.Reason;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.WeightCheck;
import org.terraformer.ports.tensor.DType;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Stores a model's matrices in another type. */
@Command(name = "convert", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Stores a model's matrices as F32, F16, BF16 or Q8; biases, norms and gates stay F32. "
        + "All other files of the folder are copied.",
    footer = {"", "Examples:", "  terraformer convert copy --dtype q8 --out copy-q8",
        "  terraformer convert novel --dtype bf16 --shard-size 2GB --out novel-bf16"})
final class ConvertCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Parameters(paramLabel = "SOURCE", description = "The model's folder.")
  private Path source;

  @Option(names = "--dtype", required = true, paramLabel = "TYPE", description = "f32, f16, bf16 or q8.")
  private String type;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder to write.")
  private Path out;

  @Option(names = "--shard-size", paramLabel = "SIZE",
      description = "Split the weights into files of at most this size, as 2GB, with an index; one file if not given.")
  private String shardSize;

  @Option(names = "--overwrite",
      description = "Replace the model that is in the folder, its vocabulary included; files that belong to no model stay.")
  private boolean overwrite;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    DType target = BackendOptions.type("--dtype", type);
    long shardBytes = shardSize == null ? Long.MAX_VALUE : ByteSize.parse("--shard-size", shardSize);
    ModelFolder folder = new ModelFolder(source);
    ModelConfig config = folder.config();
    checkOut();
    ModelFolder.WriteOptions options = new ModelFolder.WriteOptions(shardBytes, overwrite, folder.companions());
    new ModelFolder(out).checkReplaceable(options);
    Program program = folder.program(config, root.library().layerTypes());
    try (Arena arena = Arena.ofShared()) {
      WeightSource weights = folder.weights(arena);
      WeightCheck.checkExact(program, weights);
      ConvertedWeights converted = new ConvertedWeights(program, weights, target, root.progress(json));
      new ModelFolder(out).write(config, converted, options, converted.writing());
      long before = weights.names().stream().map(name -> weights.find(name).orElseThrow())
          .mapToLong(tensor -> tensor.dtype().bytes(tensor.shape())).sum();
      print(program.parameters(), converted.bytes(), before);
    }
  }

  private void print(long parameters, long bytes, long before) {
    if (!json) {
      root.figures("%s: %,d bytes of weights instead of %,d".formatted(out, bytes, before));
      return;
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("folder", out.toString());
    figures.put("parameters", parameters);
    figures.put("bytes", bytes);
    figures.put("bytes_before", before);
    root.terminal().out().println(Json.write(figures));
  }

  private void checkOut() {
    try {
      if (Files.exists(out) && Files.isSameFile(out, source)) {
        throw InvalidInputException.of("--out is %s, which is the source; it must be another folder.", out);
      }
    } catch (IOException e) {
      throw new InvalidInputException("--out %s can't be read: %s.".formatted(out, Reason.of(e)), e);
    }
  }
}
