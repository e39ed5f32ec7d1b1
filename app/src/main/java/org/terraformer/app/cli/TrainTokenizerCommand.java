package org.terraformer.app.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.terraformer.app.data.TextFile;
import org.terraformer.app.data.TokenizerTraining;
import org.terraformer.app.text.BytePairTraining;
import org.terraformer.ports.failure.InvalidInputException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Makes a tokenizer of texts. */
@Command(name = "train-tokenizer", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION, sortOptions = false,
    description = "Makes a byte-level BPE tokenizer.json of texts.",
    footer = {"", "Examples:", "  terraformer train-tokenizer --data novels.txt.gz --vocabulary-size 4096 \\",
        "      --out tokenizer.json",
        "  terraformer train-tokenizer --data papers.jsonl.gz --field article \\",
        "      --out papers/tokenizer.json"})
final class TrainTokenizerCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Option(names = "--data", required = true, arity = "1..*", paramLabel = "FILE", description = "Text, gzip text, or JSON lines.")
  private List<Path> data;

  @Option(names = "--field", paramLabel = "NAME", defaultValue = TextFile.FIELD,
      description = "The field of JSON lines with the text (${DEFAULT-VALUE}).")
  private String field;

  @Option(names = "--vocabulary-size", paramLabel = "N", defaultValue = "8192",
      description = "The number of ids (${DEFAULT-VALUE}).")
  private int vocabularySize;

  @Option(names = {"-o", "--out"}, required = true, paramLabel = "FILE", description = "The tokenizer.json to write.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace the file if it is there.")
  private boolean overwrite;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    if (vocabularySize < BytePairTraining.FEWEST || vocabularySize > BytePairTraining.MOST) {
      throw InvalidInputException.of("--vocabulary-size is %d but must be from %d to %d.",
          vocabularySize, BytePairTraining.FEWEST, BytePairTraining.MOST);
    }
    if (Files.isDirectory(out) || Files.exists(out) && !overwrite) {
      throw InvalidInputException.of(Files.isDirectory(out) ? "--out %s is a folder; it must be a file."
          : "--out %s is there already; --overwrite replaces it.", out);
    }
    TokenizerTraining made = TokenizerTraining.run(
        data.stream().map(file -> new TextFile(file, field)).toList(), vocabularySize, out, root.progress(json));
    if (!json) {
      root.figures("%s: %,d ids, learnt from %,d different words".formatted(out, made.ids(), made.distinctWords()));
      return;
    }
    Map<String, Object> figures = new LinkedHashMap<>();
    figures.put("file", out.toString());
    figures.put("ids", made.ids());
    figures.put("distinct_words", made.distinctWords());
    root.terminal().out().println(Json.write(figures));
  }
}
