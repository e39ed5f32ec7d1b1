package org.terraformer.app.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program: runs a command and turns its failure into one sentence and an exit code. */
public final class Main {
  /** Set by whoever starts the program and knows that its standard error is a terminal; Java can't ask. */
  private static final String WATCHED = "terraformer.terminal";
  private static final int WRONG_INPUT = 2;

  private Main() {}

  public static void main(String[] arguments) {
    beginEarly();
    StandardOutput output = new StandardOutput(new FileOutputStream(FileDescriptor.out));
    Terminal terminal = new Terminal(new PrintWriter(new BufferedOutputStream(output), false, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8), Boolean.getBoolean(WATCHED));
    terminal.interruption().install();
    int code = run(arguments, terminal);
    if (output.failure().isPresent()) {
      terminal.say("standard output can't be written: " + output.failure().get() + ".");
      code = WRONG_INPUT;
    }
    terminal.interruption().finish();
    System.exit(code);
  }

  /**
   * Whatever reads JSON needs Java's decimals, whose tables of powers take a start 60 ms to compute, and meanwhile one processor does nothing
   * else.
   */
  private static void beginEarly() {
    Thread.ofPlatform().daemon().start(() -> BigDecimal.ONE.signum());
  }

  /** Runs a command that nobody watches. */
  static int run(String[] arguments, PrintWriter out, PrintWriter err) {
    return run(arguments, new Terminal(out, err, false));
  }

  /** Runs a command; 0 says that all went well, 2 that the input was wrong, 130 that it was stopped, 1 something unexpected. */
  static int run(String[] arguments, Terminal terminal) {
    TerraformerCommand root = new TerraformerCommand(terminal);
    CommandLine line = root.line(arguments);
    line.setOut(terminal.out()).setErr(terminal.err());
    line.setCaseInsensitiveEnumValuesAllowed(true);
    line.setExpandAtFiles(false);
    String whole = "a whole number from %d to %d";
    ITypeConverter<Integer> integer = number(whole.formatted(Integer.MIN_VALUE, Integer.MAX_VALUE), Integer::valueOf);
    line.registerConverter(Integer.class, integer);
    line.registerConverter(int.class, integer);
    line.registerConverter(long.class, number(whole.formatted(Long.MIN_VALUE, Long.MAX_VALUE), Long::valueOf));
    ITypeConverter<Double> real = number("a number", Double::valueOf);
    line.registerConverter(Double.class, real);
    line.registerConverter(double.class, real);
    line.registerConverter(Path.class, Main::path);
    line.setParameterExceptionHandler((exception, given) -> {
      if (root.debug) {
        exception.printStackTrace(terminal.err());
      }
      terminal.say(sentence(exception));
      return WRONG_INPUT;
    });
    line.setExecutionExceptionHandler((exception, command, result) -> report(exception, root));
    int code;
    try {
      code = line.execute(arguments);
    } catch (Error e) {
      code = report(e, root);
    }
    terminal.out().flush();
    return code;
  }

  private static <T> ITypeConverter<T> number(String allowed, ITypeConverter<T> converter) {
    return value -> {
      try {
        return converter.convert(value);
      } catch (NumberFormatException e) {
        throw new TypeConversionException("'%s' is not %s".formatted(value, allowed));
      }
    };
  }

  private static Path path(String value) {
    if (value.isEmpty()) {
      throw new TypeConversionException("'' is not a path");
    }
    return Path.of(value);
  }

  private static String sentence(ParameterException exception) {
    String message = exception instanceof UnmatchedArgumentException unmatched ? sentence(unmatched) : exception.getMessage();
    return message.endsWith(".") ? message : message + ".";
  }

  private static String sentence(UnmatchedArgumentException exception) {
    CommandSpec command = exception.getCommandLine().getCommandSpec();
    String first = exception.getUnmatched().getFirst();
    if (command.root() == command && !exception.isUnknownOption()) {
      return "There is no command %s; there are %s".formatted(first, String.join(", ", command.subcommands().keySet()));
    }
    return "%s; %s --help shows what there is".formatted(exception.isUnknownOption() ? exception.getMessage()
        : "There is one argument too many, %s (text with spaces needs quotes)".formatted(first), command.qualifiedName());
  }

  private static int report(Throwable thrown, TerraformerCommand root) {
    Terminal terminal = root.terminal();
    if (thrown instanceof Interruption.StoppedException) {
      root.note("interrupted");
      return Interruption.EXIT_CODE;
    }
    if (root.debug) {
      thrown.printStackTrace(terminal.err());
    }
    if (thrown instanceof InvalidInputException) {
      terminal.say(thrown.getMessage());
      return WRONG_INPUT;
    }
    if (thrown instanceof OutOfMemoryError) {
      terminal.say("there is not enough memory: " + thrown.getMessage());
      return 1;
    }
    terminal.say("unexpected failure: %s (--debug shows where)".formatted(thrown));
    return 1;
  }
}
