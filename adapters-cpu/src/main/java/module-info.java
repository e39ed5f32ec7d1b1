/** Runs recorded programs on the CPU: a plain Java reference and, where the Vector API is on, kernels at the speed of memory. */
module org.terraformer.adapters.cpu {
  requires transitive org.terraformer.ports;
  requires static jdk.incubator.vector;

  exports org.terraformer.cpu;
  exports org.terraformer.cpu.kernel;
  exports org.terraformer.cpu.run;
  exports org.terraformer.cpu.scalar;
}
