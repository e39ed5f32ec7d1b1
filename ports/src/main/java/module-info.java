/** The words that the domain and the adapters share: tensors, recorded programs, checkpoints, text, progress. */
module org.terraformer.ports {
  exports org.terraformer.ports.checkpoint;
  exports org.terraformer.ports.failure;
  exports org.terraformer.ports.kernel;
  exports org.terraformer.ports.operation;
  exports org.terraformer.ports.operation.gradient;
  exports org.terraformer.ports.progress;
  exports org.terraformer.ports.random;
  exports org.terraformer.ports.recording;
  exports org.terraformer.ports.tensor;
  exports org.terraformer.ports.text;
}
