package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.cpu.run.WeightCheck;
import org.terraformer.domain.config.ModelConfig;
import org.terraformer.domain.model.TransformerLm;
import org.terraformer.ports.checkpoint.NamedTensors;
import org.terraformer.ports.checkpoint.WeightSource;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;
import org.terraformer.ports.tensor.Conversion;
import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** Stores a model's matrices in another type. */
@Command(name = "convert", mixinStandardHelpOptions = true,
    description = "Stores a model's matrices as F32, BF16 or Q8; biases, norms and gates stay F32.",
    footer = {"", "Example:", "  terraformer convert copy --dtype q8 --out copy-q8"})
final class ConvertCommand implements Runnable {
  @Spec
  private CommandSpec spec;

  @ParentCommand
  private TerraformerCommand terraformer;

  @Parameters(paramLabel = "SOURCE", description = "The model's folder.")
  private Path source;

  @Option(names = "--dtype", required = true, paramLabel = "TYPE", description = "f32, bf16 or q8.")
  private String type;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FOLDER", description = "The folder to write.")
  private Path out;

  @Override
  public void run() {
    DType target = BackendOptions.type("--dtype", type);
    if (out.toAbsolutePath().normalize().equals(source.toAbsolutePath().normalize())) {
      throw InvalidInputException.of("--out is %s, which is the source; it must be another folder.", out);
    }
    ModelFolder folder = new ModelFolder(source);
    ModelConfig config = folder.config();
    Program program = TransformerLm.record(config, terraformer.library().layerTypes());
    try (Arena arena = Arena.ofShared()) {
      WeightSource weights = folder.weights(arena);
      WeightCheck.check(program, weights);
      List<Tensor> converted = new ArrayList<>();
      long before = 0;
      long after = 0;
      for (Value weight : program.weights()) {
        Tensor tensor = weights.find(weight.name()).orElseThrow();
        Tensor result = Conversion.convert(tensor, weight.kind() == Value.Kind.MATRIX ? target : DType.F32, arena);
        before += tensor.dtype().bytes(tensor.shape());
        after += result.dtype().bytes(result.shape());
        converted.add(result);
      }
      new ModelFolder(out).write(config, new NamedTensors(source.toString(), converted), ProgressListener.NONE);
      PrintWriter err = spec.commandLine().getErr();
      err.printf("%s: %,d bytes of weights instead of %,d%n", out, after, before);
    }
  }
}
