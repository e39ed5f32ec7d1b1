package org.terraformer.app.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Lists the backends. */
@Command(name = "backends", mixinStandardHelpOptions = true, version = TerraformerCommand.VERSION,
    description = "Lists the backends and what they run on here.",
    footer = {"", "Examples:", "  terraformer backends", "  terraformer backends --json"})
final class BackendsCommand implements Runnable {
  @ParentCommand
  private TerraformerCommand root;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Override
  public void run() {
    PrintWriter out = root.terminal().out();
    List<Map<String, Object>> list = new ArrayList<>();
    root.library().backends().forEach((name, backend) -> {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("name", name);
      map.put("available", backend.available());
      map.put("description", backend.description());
      list.add(map);
      if (!json) {
        out.printf("%-8s %-12s %s%n", name, backend.available() ? "available" : "unavailable", backend.description());
      }
    });
    if (json) {
      out.println(Json.write(Map.of("backends", list)));
    }
  }
}
