package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.terraformer.app.data.JsonLines;
import org.terraformer.app.inject.BackendException;
import org.terraformer.app.library.LanguageModel;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.progress.ProgressListener;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Summarises texts. */
@Command(name = "summarize", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Summarises a text, or each text of a file of JSON lines, with a model that was trained on pairs of texts and "
        + "summaries. The summaries alone go to standard output.",
    footer = {"", "Examples:", "  terraformer summarize paper.txt --model run/best",
        "  terraformer summarize - --model run/best --beams 4 < paper.txt",
        "  terraformer summarize valid.jsonl.gz --model run/best > ours.jsonl",
        "  terraformer evaluate --rouge valid.jsonl.gz --candidates ours.jsonl"})
final class SummarizeCommand implements Callable<Integer> {
  private static final int USUAL_TOKENS = 256;

  @ParentCommand
  private TerraformerCommand root;

  @Mixin
  private RunOptions run;

  @Parameters(paramLabel = "FILE",
      description = "A UTF-8 file with the text, or JSON lines (.jsonl, .jsonl.gz); - reads a text from standard input.")
  private String file;

  @Option(names = "--source-tokens", paramLabel = "N",
      description = "Tokens of a text to read at most; if not given as many as the model was trained on "
          + "(generation.source_tokens of its configuration), never more than it knows positions, "
          + "without an encoder less those of the summary.")
  private Integer sourceTokens;

  @Option(names = "--source-field", paramLabel = "NAME", defaultValue = SummaryFields.SOURCE,
      description = "The field of JSON lines with the text (${DEFAULT-VALUE}).")
  private String sourceField;

  @Mixin
  private DecodingOptions decoding;

  private String said;

  @Override
  public Integer call() {
    decoding.check();
    run.checkSource();
    if (sourceTokens != null && sourceTokens < 1) {
      throw InvalidInputException.of("--source-tokens is %d but must be 1 or more.", sourceTokens);
    }
    boolean many = !file.equals("-") && JsonLines.isNamedSo(Path.of(file));
    if (many) {
      decoding.checkTextAlone();
    }
    ProgressListener progress = root.progress(decoding.json());
    List<Text> texts = many ? lines(progress)
        : List.of(new Text(file, file.equals("-") ? Prompt.ofStandardInput(System.in) : Prompt.ofFile(Path.of(file))));
    try (LanguageModel model = run.open(root.settings(), decoding.slots(), progress, root::note)) {
      return many ? summarizeAll(model, texts, progress) : summarize(model, texts.getFirst().text);
    }
  }

  /**
   * @param place where it comes from
   */
  private record Text(String place, String text) {}

  private List<Text> lines(ProgressListener progress) {
    List<Text> texts = new ArrayList<>();
    new JsonLines(Path.of(file), List.of(sourceField)).read(
        (number, line) -> texts.add(new Text("Line %d of %s".formatted(number, file), line.getFirst())), progress);
    return texts;
  }

  private int summarize(LanguageModel model, String text) {
    int[] ids = model.source(text);
    int[] read = cut(model, ids);
    if (read.length < ids.length) {
      root.note("the text has %,d tokens, of which %,d are read".formatted(ids.length, read.length));
    }
    run.read(model, read, root::note);
    return decoding.generate(root, model, model.prompt(new int[0]), USUAL_TOKENS, model.tokenizer().isPresent());
  }

  private int summarizeAll(LanguageModel model, List<Text> texts, ProgressListener progress) {
    for (Text text : texts) {
      if (text.text.isBlank() && Arrays.stream(model.source(text.text)).allMatch(id -> id == model.config().paddingId())) {
        throw InvalidInputException.of("%s has an empty text in its field %s, of which there is no summary.",
            text.place, sourceField);
      }
    }
    PrintWriter out = root.terminal().out();
    for (int i = 0; i < texts.size(); i++) {
      out.println(Json.write(Map.of(SummaryFields.CANDIDATE, summary(model, texts.get(i)))));
      if (out.checkError()) {
        return 0; // Whoever was reading has had enough; what else it may be is said at the end.
      }
      progress.progressed("summarising", i + 1, texts.size());
    }
    return 0;
  }

  private String summary(LanguageModel model, Text text) {
    try {
      run.read(model, cut(model, model.source(text.text)), this::sayOnce);
      return decoding.text(root, model, model.prompt(new int[0]), USUAL_TOKENS);
    } catch (BackendException e) {
      throw e;
    } catch (InvalidInputException e) {
      throw new InvalidInputException("%s can't be summarised: %s".formatted(text.place, e.getMessage()), e);
    }
  }

  /** The same is said of every text that a model with an encoder reads. */
  private void sayOnce(String note) {
    if (!note.equals(said)) {
      said = note;
      root.note(note);
    }
  }

  /** A text that is too long loses its end, but not the id that ends it. */
  private int[] cut(LanguageModel model, int[] ids) {
    int room = model.sourceRoom(decoding.most(model, USUAL_TOKENS));
    int most = Math.min(room, sourceTokens == null ? model.config().generation().sourceTokens().orElse(room) : sourceTokens);
    if (ids.length <= most) {
      return ids;
    }
    int[] kept = Arrays.copyOf(ids, most);
    model.config().endId().ifPresent(end -> kept[most - 1] = end);
    return kept;
  }
}
