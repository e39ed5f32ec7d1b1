/** An extension as anyone may write it: two feed-forward layers, one with an operation of its own. */
module org.example.banded {
  requires com.google.guice;
  requires jdk.incubator.vector;
  requires org.terraformer.adapters.cpu;
  requires org.terraformer.adapters.tornado;
  requires org.terraformer.domain;

  provides com.google.inject.Module with org.example.banded.BandedModule;
}
