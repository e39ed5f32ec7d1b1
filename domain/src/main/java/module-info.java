/** The papers: layers, models, decoding. No input or output, no threads, no clocks, no framework. */
module org.terraformer.domain {
  requires transitive org.terraformer.ports;

  exports org.terraformer.domain.config;
  exports org.terraformer.domain.decoding;
  exports org.terraformer.domain.evaluation;
  exports org.terraformer.domain.evaluation.rouge;
  exports org.terraformer.domain.layer;
  exports org.terraformer.domain.layer.attention;
  exports org.terraformer.domain.layer.position;
  exports org.terraformer.domain.layer.recurrent;
  exports org.terraformer.domain.layer.reversible;
  exports org.terraformer.domain.layer.sparse;
  exports org.terraformer.domain.model;
  exports org.terraformer.domain.random;
  exports org.terraformer.domain.training;
  exports org.terraformer.domain.training.optimizer;
}
