/** The only place where everything comes together: the command line, the library's facade, file formats, tokenizers. */
module org.terraformer.app {
  requires transitive org.terraformer.domain;
  requires org.terraformer.adapters.cpu;
  requires org.terraformer.adapters.tornado;
  requires ai.djl.sentencepiece;
  requires ai.djl.tokenizers;
  requires com.fasterxml.jackson.core;
  requires com.fasterxml.jackson.databind;
  requires com.google.guice;
  requires info.picocli;
  requires java.desktop;
  requires jakarta.inject;
  requires me.tongfei.progressbar;
  requires org.knowm.xchart;

  uses com.google.inject.Module;

  exports org.terraformer.app.library;

  opens org.terraformer.app.cli to info.picocli;
  opens org.terraformer.app.inject to com.google.guice;
}
