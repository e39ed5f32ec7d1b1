package org.terraformer.cpu.vector;

/**
 * What the taps of a module see at one time: the vectors of its neighbours, which lie one after another, and zeros beyond the first and the
 * last module.
 */
final class ModuleWindow {
  private final int kernel;
  private final int modules;
  private final int size;

  /**
   * @param kernel how many modules are seen, odd
   * @param size elements of a module
   */
  ModuleWindow(int kernel, int modules, int size) {
    this.kernel = kernel;
    this.modules = modules;
    this.size = size;
  }

  /** Elements of a window. */
  int width() {
    return kernel * size;
  }

  /**
   * Writes the elements begin..end-1 of a module's window.
   *
   * @param item the address of the first module at that time; 0 where there is nothing, and all is zero
   */
  void read(long item, int module, int begin, int end, long to) {
    int start = (module - (kernel - 1) / 2) * size;
    int low = item == 0 ? end : Math.clamp(-start, begin, end);
    int high = item == 0 ? end : Math.clamp(modules * size - start, low, end);
    Floats.clear(to, low - begin);
    Floats.copy(item + 4L * (start + low), to + 4L * (low - begin), high - low);
    Floats.clear(to + 4L * (high - begin), end - high);
  }
}
