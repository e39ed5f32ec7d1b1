package org.terraformer.app.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The published rules of the subword encoder, step by step and slow: code points one by one, entries looked up in a list. */
final class SubwordRules {
  private static final Pattern RUN = Pattern.compile("[\\p{L}\\p{N}]+|[^\\p{L}\\p{N}]+");
  private final List<String> entries = new ArrayList<>();
  private final java.util.Map<String, Integer> numbers = new java.util.HashMap<>();

  SubwordRules(String file) {
    for (String line : file.substring(0, file.length() - 1).split("\n", -1)) {
      Matcher quoted = Pattern.compile("'(.*)'|\"(.*)\"").matcher(line);
      boolean alone = line.equals("'") || line.equals("\"");
      String entry = alone ? "" : !quoted.matches() ? line : quoted.group(1) != null ? quoted.group(1) : quoted.group(2);
      numbers.put(entry, entries.size());
      entries.add(entry);
    }
    numbers.remove("");
  }

  List<Integer> encode(String text) {
    List<Integer> ids = new ArrayList<>();
    Matcher runs = RUN.matcher(text);
    while (runs.find()) {
      boolean impliedSpace = runs.group().equals(" ") && runs.start() > 0 && runs.end() < text.length();
      if (!impliedSpace) {
        addLongest(escaped(runs.group()), ids);
      }
    }
    return ids;
  }

  private String escaped(String run) {
    StringBuilder escaped = new StringBuilder();
    for (int c : run.replace("\\", "\\\\").replace("_", "\\u").codePoints().toArray()) {
      String character = Character.toString(c);
      boolean known = "\\_u;0123456789".contains(character) || entries.stream().anyMatch(entry -> entry.contains(character));
      escaped.append(known && c != '\n' ? character : "\\" + c + ";");
    }
    return escaped + "_";
  }

  private void addLongest(String escaped, List<Integer> ids) {
    String rest = escaped;
    while (!rest.isEmpty()) {
      String found = rest;
      while (!numbers.containsKey(found)) {
        found = found.substring(0, found.length() - 1);
      }
      ids.add(numbers.get(found));
      rest = rest.substring(found.length());
    }
  }
}
