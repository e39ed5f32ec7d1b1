package org.terraformer.tornado.run;

/** What a failure of TornadoVM's says, in a line. */
public final class Reason {
  private Reason() {}

  /** The first line of the first cause's message, without a full stop; the cause's name if it has none. */
  public static String of(Throwable thrown) {
    Throwable root = thrown;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String message = root.getMessage() == null ? "" : root.getMessage().strip().lines().findFirst().orElse("").strip();
    return message.isEmpty() ? root.getClass().getSimpleName() : message.replaceAll("\\.+$", "");
  }
}
