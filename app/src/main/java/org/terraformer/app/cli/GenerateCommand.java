package org.terraformer.app.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Continues a prompt. */
@Command(name = "generate", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Continues a text or a sequence of token ids; a model that reads a source generates what belongs to it. What was generated "
        + "alone goes to standard output.",
    footer = {"", "Examples:", "  terraformer generate \"It was a dark night, and\"", "  echo 1 2 3 | terraformer generate -",
        "  terraformer generate --prompt-file chapter.txt --max-tokens 200",
        "  terraformer generate --model copy --ids \"0 3 7 5 3 2 4 0\" --max-tokens 6",
        "  terraformer generate --model novel --temperature 0.8 --seed 7 \"It was\"",
        "  terraformer generate --model summaries --source-file paper.txt",
        "  terraformer generate --json --samples 3 --temperature 1 \"It was\""})
final class GenerateCommand implements Callable<Integer> {
  private static final int USUAL_TOKENS = 32;

  @ParentCommand
  private TerraformerCommand root;

  @Mixin
  private RunOptions run;

  @Parameters(arity = "0..1", paramLabel = "PROMPT", description = "The text to continue; - reads it from standard input.")
  private String prompt;

  @Option(names = "--prompt-file", paramLabel = "FILE", description = "A UTF-8 file with the text to continue.")
  private Path promptFile;

  @Option(names = "--ids", paramLabel = "IDS", description = "Token ids to continue, separated by spaces, in place of a text.")
  private String ids;

  @Option(names = "--source", paramLabel = "TEXT", description = "The source, for a model that reads one; - reads it from standard input.")
  private String source;

  @Option(names = "--source-file", paramLabel = "FILE", description = "A UTF-8 file with the source.")
  private Path sourceFile;

  @Option(names = "--source-ids", paramLabel = "IDS", description = "Token ids of the source, separated by spaces, in place of a text.")
  private String sourceIds;

  @Mixin
  private DecodingOptions decoding;

  @Override
  public Integer call() {
    check();
    int[] given = ids == null ? prompt == null && promptFile == null ? new int[0] : null : parse("--ids", ids);
    String text = given == null ? Prompt.of(prompt, promptFile) : null;
    int[] givenSource = sourceIds == null ? null : parse("--source-ids", sourceIds);
    String sourceText = source == null && sourceFile == null ? null : Prompt.of(source, sourceFile);
    try (LanguageModel model =
        run.open(root.settings().withQuickStart(true), decoding.slots(), root.progress(decoding.json()), root::note)) {
      read(model, givenSource, sourceText);
      List<Integer> fed = given == null ? model.prompt(text) : model.prompt(given);
      return decoding.generate(root, model, fed, USUAL_TOKENS, ids == null && sourceIds == null && model.tokenizer().isPresent());
    }
  }

  private void read(LanguageModel model, int[] given, String text) {
    if (model.readsSource() && !readsSource()) {
      throw InvalidInputException.of("The model is %s, which reads a source; give --source, --source-file or --source-ids.",
          model.config().architecture().aName());
    }
    if (readsSource()) {
      run.read(model, given == null ? model.source(text) : given, root::note);
    }
  }

  private boolean readsSource() {
    return source != null || sourceFile != null || sourceIds != null;
  }

  private void check() {
    if (Stream.of(source, sourceFile, sourceIds).filter(each -> each != null).count() > 1) {
      throw new InvalidInputException("Give only one of --source, --source-file and --source-ids.");
    }
    long prompts = Stream.of(prompt, promptFile, ids).filter(each -> each != null).count();
    if (prompts > 1 || prompts == 0 && !readsSource()) {
      throw new InvalidInputException("Give either a prompt, --prompt-file or --ids.");
    }
    if ("-".equals(prompt) && "-".equals(source)) {
      throw new InvalidInputException("Only one of the prompt and --source can be read from standard input.");
    }
    if (readsSource()) {
      run.checkSource();
    }
    decoding.check();
  }

  private static int[] parse(String option, String ids) {
    return Stream.of(ids.strip().split("[\\s,]+")).filter(word -> !word.isEmpty()).mapToInt(word -> {
      try {
        return Integer.parseInt(word);
      } catch (NumberFormatException e) {
        throw InvalidInputException.of("%s has %s but must be whole numbers separated by spaces.", option, word);
      }
    }).toArray();
  }
}
