package org.terraformer.domain.offender;

import com.google.inject.Injector;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsGuice {
  private KnowsGuice() {}

  static Injector injector;
}
