/**
 * The accelerator path. TornadoVM is an environment's matter: its API is there when this module is compiled, its modules may or may not be
 * there when it runs.
 */
module org.terraformer.adapters.tornado {
  requires transitive org.terraformer.ports;

  exports org.terraformer.tornado;
  exports org.terraformer.tornado.kernel;
}
