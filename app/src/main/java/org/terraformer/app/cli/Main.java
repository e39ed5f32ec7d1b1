package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine;

/** The program: runs a command and turns its failure into one sentence and an exit code. */
public final class Main {
  private static final int WRONG_INPUT = 2;

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments, new PrintWriter(System.out, false, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8)));
  }

  /** Runs a command; 0 says that all went well, 2 that the input was wrong, 1 that something unexpected happened. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    TerraformerCommand root = new TerraformerCommand();
    CommandLine line = new CommandLine(root);
    line.setOut(out).setErr(err);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((exception, given) -> {
      err.println("terraformer: " + oneLine(exception.getMessage()));
      return WRONG_INPUT;
    });
    line.setExecutionExceptionHandler((exception, command, result) -> report(exception, root.debug, err));
    int code;
    try {
      code = line.execute(arguments);
    } catch (Error e) {
      code = report(e, root.debug, err);
    }
    out.flush();
    return code;
  }

  private static int report(Throwable thrown, boolean debug, PrintWriter err) {
    if (debug) {
      thrown.printStackTrace(err);
    }
    if (thrown instanceof InvalidInputException) {
      err.println("terraformer: " + oneLine(thrown.getMessage()));
      return WRONG_INPUT;
    }
    if (thrown instanceof OutOfMemoryError) {
      err.println("terraformer: there is not enough memory: " + oneLine(String.valueOf(thrown.getMessage())));
      return 1;
    }
    err.println("terraformer: unexpected failure: %s (--debug shows where)".formatted(oneLine(String.valueOf(thrown))));
    return 1;
  }

  private static String oneLine(String message) {
    return message.replaceAll("\\R", " ");
  }
}
