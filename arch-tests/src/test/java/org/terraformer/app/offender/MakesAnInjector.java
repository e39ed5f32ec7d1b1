package org.terraformer.app.offender;

import com.google.inject.Guice;
import com.google.inject.Injector;

/** Puts objects together on its own. */
public final class MakesAnInjector {
  public Injector injector() {
    return Guice.createInjector();
  }
}
