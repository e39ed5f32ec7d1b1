/** The papers: layers, models, decoding. No input or output, no threads, no clocks, no framework. */
module org.terraformer.domain {
  requires transitive org.terraformer.ports;

  exports org.terraformer.domain.layer;
}
