package org.terraformer.app.library;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.terraformer.app.inject.CompositionRoot;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * How a model is to be run.
 *
 * @param backend a backend's name, or {@code auto} for the one that {@code bench} found fastest for the model; empty takes {@code cpu}
 *     where Java was started for it, else {@code scalar}
 * @param backendSetting what named the backend, for messages: {@code backend}, and of which file or variable
 * @param fallback the backend to go on with where the first can't run, or can't run the model; empty for none
 * @param device a device of the backend tornado, as {@code 0:1}; empty takes the first
 * @param threads threads of the backend cpu, from 1 to 1024
 * @param quickStart whether the backend cpu begins with plain kernels, which need no compiler to be of use: for a program that has just
 *     started and ends soon. The first tokens of a small model then come sooner, and their logits differ in rounding from those of later ones
 * @param contextLength positions to remember; 0 takes all the model knows, at most 4,096
 * @param cache the type of cached keys and values, F32 or BF16
 * @param slots sequences that can be decoded together
 * @param extensions jars or folders with further layer types, kernels or backends
 */
public record Settings(Optional<String> backend, String backendSetting, Optional<String> fallback, Optional<String> device, int threads, boolean quickStart, int contextLength, DType cache,
    int slots, List<Path> extensions) {
  static final int MOST_THREADS = 1024;

  private static final String BACKEND = "backend";

  /** What the library does when nothing is said. */
  public static final Settings DEFAULT =
      new Settings(Optional.empty(), BACKEND, Optional.empty(), Optional.empty(), Runtime.getRuntime().availableProcessors(), false, 0, DType.F32, 1, List.of());

  /**
   * @throws InvalidInputException naming a number that is out of range
   */
  public Settings {
    if (threads < 1 || threads > MOST_THREADS) {
      throw InvalidInputException.of("The number of threads is %d but must be from 1 to %d.", threads, MOST_THREADS);
    }
    if (contextLength < 0) {
      throw InvalidInputException.of("The context length is %d but must be 0 (all) or more.", contextLength);
    }
    if (slots < 1) {
      throw InvalidInputException.of("The number of sequences is %d but must be 1 or more.", slots);
    }
    extensions = List.copyOf(extensions);
  }

  /**
   * What the environment and the configuration file say, in this order; else the defaults. See {@link Configuration}.
   *
   * @throws InvalidInputException naming the file, the field and what is allowed
   */
  public static Settings configured() {
    return Configuration.read(System.getenv(), Path.of(""));
  }

  /** The library, put together for these settings. */
  public CompositionRoot library() {
    return CompositionRoot.of(threads, quickStart, device, extensions);
  }

  public Settings withBackend(String name) {
    return withBackend(name, BACKEND);
  }

  Settings withBackend(String name, String setting) {
    return new Settings(Optional.of(name), setting, fallback, device, threads, quickStart, contextLength, cache, slots, extensions);
  }

  public Settings withFallback(String name) {
    return new Settings(backend, backendSetting, Optional.of(name), device, threads, quickStart, contextLength, cache, slots, extensions);
  }

  public Settings withDevice(String name) {
    return new Settings(backend, backendSetting, fallback, Optional.of(name), threads, quickStart, contextLength, cache, slots, extensions);
  }

  public Settings withThreads(int count) {
    return new Settings(backend, backendSetting, fallback, device, count, quickStart, contextLength, cache, slots, extensions);
  }

  public Settings withQuickStart(boolean plainAtFirst) {
    return new Settings(backend, backendSetting, fallback, device, threads, plainAtFirst, contextLength, cache, slots, extensions);
  }

  public Settings withContextLength(int positions) {
    return new Settings(backend, backendSetting, fallback, device, threads, quickStart, positions, cache, slots, extensions);
  }

  public Settings withCache(DType type) {
    return new Settings(backend, backendSetting, fallback, device, threads, quickStart, contextLength, type, slots, extensions);
  }

  public Settings withSlots(int count) {
    return new Settings(backend, backendSetting, fallback, device, threads, quickStart, contextLength, cache, count, extensions);
  }

  public Settings withExtensions(List<Path> places) {
    return new Settings(backend, backendSetting, fallback, device, threads, quickStart, contextLength, cache, slots, places);
  }
}
