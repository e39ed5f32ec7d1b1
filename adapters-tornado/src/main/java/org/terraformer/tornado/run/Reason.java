package org.terraformer.tornado.run;

import java.util.regex.Pattern;

/** What a failure of TornadoVM's says, in a line. */
public final class Reason {
  private static final Pattern COLOUR = Pattern.compile("\u001B\\[[0-9;]*m");

  private Reason() {}

  /** The first line of the first cause's message, without colours and full stop; the cause's name if it has none. */
  public static String of(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : COLOUR.matcher(root.getMessage()).replaceAll("").strip().lines().findFirst().orElse("");
    return message.isEmpty() ? root.getClass().getSimpleName() : message.replaceAll("\\.+$", "");
  }
}
