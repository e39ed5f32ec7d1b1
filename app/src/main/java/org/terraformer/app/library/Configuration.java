package org.terraformer.app.library;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.terraformer.app.format.JsonFile;
import org.terraformer.domain.config.Options;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.tensor.DType;

/**
 * Choices that are made once: environment variables ({@code TERRAFORMER_BACKEND}, {@code TERRAFORMER_THREADS},
 * {@code TERRAFORMER_EXTENSIONS}), and after them a JSON file with the fields {@code backend}, {@code fallback}, {@code device}, {@code threads}, {@code context},
 * {@code cache} and {@code extensions}. The file is the one that {@code TERRAFORMER_CONFIG} names, else {@code terraformer.json} in the
 * working folder, else in the user's configuration folder ({@code XDG_CONFIG_HOME} or {@code ~/.config}).
 */
final class Configuration {
  private static final String FILE = "terraformer.json";

  private Configuration() {}

  static Settings read(Map<String, String> environment, Path workingFolder) {
    Settings settings = file(environment, workingFolder).map(Configuration::parse).orElse(Settings.DEFAULT);
    if (environment.containsKey("TERRAFORMER_BACKEND") && !environment.get("TERRAFORMER_BACKEND").isBlank()) {
      settings = settings.withBackend(environment.get("TERRAFORMER_BACKEND").strip(), "backend of TERRAFORMER_BACKEND");
    }
    if (environment.containsKey("TERRAFORMER_THREADS")) {
      settings = settings.withThreads(threads(environment.get("TERRAFORMER_THREADS")));
    }
    if (environment.containsKey("TERRAFORMER_EXTENSIONS")) {
      List<Path> extensions = new ArrayList<>();
      for (String place : environment.get("TERRAFORMER_EXTENSIONS").split(File.pathSeparator)) {
        if (!place.isBlank()) {
          extensions.add(Path.of(place));
        }
      }
      settings = settings.withExtensions(extensions);
    }
    return settings;
  }

  private static Optional<Path> file(Map<String, String> environment, Path workingFolder) {
    String named = environment.get("TERRAFORMER_CONFIG");
    if (named != null && !named.isBlank()) {
      if (!Files.isRegularFile(Path.of(named))) {
        throw InvalidInputException.of("There is no file %s, which TERRAFORMER_CONFIG names.", named);
      }
      return Optional.of(Path.of(named));
    }
    List<Path> places = new ArrayList<>(List.of(workingFolder.resolve(FILE)));
    String home = environment.get("XDG_CONFIG_HOME");
    if (home != null && !home.isBlank()) {
      places.add(Path.of(home).resolve(FILE));
    } else if (environment.get("HOME") != null) {
      places.add(Path.of(environment.get("HOME"), ".config", FILE));
    }
    return places.stream().filter(Files::isRegularFile).findFirst();
  }

  private static Settings parse(Path file) {
    try {
      Options options = new Options("", JsonFile.read(file));
      Settings settings = Settings.DEFAULT
          .withThreads(options.integer("threads", 1, Settings.MOST_THREADS, Settings.DEFAULT.threads()))
          .withContextLength(options.integer("context", 0, Integer.MAX_VALUE, 0))
          .withCache(options.choice("cache", CacheType.class, CacheType.F32).dtype)
          .withExtensions(extensions(file, options));
      Optional<String> backend = name(options, "backend");
      Optional<String> fallback = name(options, "fallback");
      Optional<String> device = name(options, "device");
      options.finish();
      if (backend.isPresent()) {
        settings = settings.withBackend(backend.get(), "backend of " + file);
      }
      Settings chosen = fallback.map(settings::withFallback).orElse(settings);
      return device.map(chosen::withDevice).orElse(chosen);
    } catch (InvalidInputException e) {
      throw e.getMessage().contains(file.toString()) ? e : new InvalidInputException("In %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  private static Optional<String> name(Options options, String field) {
    Object value = options.any(field);
    if (value != null && !(value instanceof String)) {
      throw options.wrong(field, value, "must be a name");
    }
    return Optional.ofNullable((String) value);
  }

  private static List<Path> extensions(Path file, Options options) {
    Object value = options.any("extensions");
    if (value == null) {
      return List.of();
    }
    if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
      throw options.wrong("extensions", value, "must be a list of paths");
    }
    return list.stream().map(place -> file.toAbsolutePath().resolveSibling((String) place)).toList();
  }

  private static int threads(String value) {
    int threads;
    try {
      threads = Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw threadsRefused(value, e);
    }
    if (threads < 1 || threads > Settings.MOST_THREADS) {
      throw threadsRefused(value, null);
    }
    return threads;
  }

  private static InvalidInputException threadsRefused(String value, NumberFormatException cause) {
    return new InvalidInputException(
        "TERRAFORMER_THREADS is %s but must be a whole number from 1 to %d.".formatted(value, Settings.MOST_THREADS), cause);
  }

  private enum CacheType {
    F32(DType.F32),
    BF16(DType.BF16);

    private final DType dtype;

    CacheType(DType dtype) {
      this.dtype = dtype;
    }
  }
}
