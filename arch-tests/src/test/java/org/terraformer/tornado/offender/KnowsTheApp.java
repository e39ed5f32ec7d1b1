package org.terraformer.tornado.offender;

import org.terraformer.app.library.LanguageModel;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsTheApp {
  private KnowsTheApp() {}

  static LanguageModel model;
}
