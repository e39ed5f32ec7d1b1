package org.terraformer.domain.offender;

import com.fasterxml.jackson.databind.ObjectMapper;

/** Breaks a rule of the architecture on purpose. */
public final class KnowsJackson {
  private KnowsJackson() {}

  static ObjectMapper mapper;
}
