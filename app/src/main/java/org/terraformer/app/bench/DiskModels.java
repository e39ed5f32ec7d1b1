package org.terraformer.app.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.terraformer.app.format.ModelFolder;
import org.terraformer.app.format.Reason;
import org.terraformer.domain.layer.LayerTypes;
import org.terraformer.ports.failure.InvalidInputException;
import org.terraformer.ports.kernel.Program;
import org.terraformer.ports.kernel.Value;
import org.terraformer.ports.progress.ProgressListener;

/**
 * Contenders as model folders, whose files are mapped into memory. A model that is there already is used again, also where it knows more
 * positions than a measurement needs.
 */
public final class DiskModels {
  /** Positions that a model has at least, which is enough for most measurements and little beside its other weights. */
  private static final int POSITIONS = 4096;

  private final Path folder;
  private final LayerTypes types;

  /**
   * @param folder gets one model folder for each contender
   */
  public DiskModels(Path folder, LayerTypes types) {
    this.folder = folder;
    this.types = types;
  }

  /**
   * Writes the models that are missing, with random weights, and with more positions than this measurement needs, so that others can use
   * them again.
   *
   * @return the contenders with these weights, and as many positions as those have
   * @throws InvalidInputException if there is too little room, or another model is in the place of one of these
   */
  public List<Contender> of(List<Contender> contenders, ProgressListener progress) {
    List<Contender> missing = contenders.stream().filter(contender -> !present(contender)).map(DiskModels::roomy).toList();
    requireRoom(missing.stream().mapToLong(contender -> RandomWeights.bytes(program(contender), contender.dtype())).sum());
    for (Contender contender : missing) {
      model(contender).write(contender.config(), RandomWeights.stream(program(contender), contender.dtype(), contender.config().width()),
          ModelFolder.WriteOptions.DEFAULT, progress);
    }
    return contenders.stream().map(this::onDisk).toList();
  }

  private static Contender roomy(Contender contender) {
    return contender.withMaxLength(Math.max(POSITIONS, contender.config().maxLength()), Optional.empty());
  }

  private Contender onDisk(Contender contender) {
    ModelFolder model = model(contender);
    return contender.withMaxLength(model.config().maxLength(), Optional.of(model::weights));
  }

  private ModelFolder model(Contender contender) {
    return new ModelFolder(folder.resolve(contender.name()));
  }

  private Program program(Contender contender) {
    return contender.model(types);
  }

  private boolean present(Contender contender) {
    ModelFolder model = model(contender);
    model.settle();
    if (!Files.exists(model.path().resolve(ModelFolder.CONFIG))) {
      return false;
    }
    int needed = contender.config().maxLength();
    int known = model.config().maxLength();
    if (!model.config().equals(contender.config().withMaxLength(known)) || !hasType(contender)) {
      throw InvalidInputException.of("%s holds another model than this measurement's; give another folder.", model.path());
    }
    if (known < needed) {
      throw InvalidInputException.of("The model in %s knows %d positions but the measurement needs %d; give another folder.",
          model.path(), known, needed);
    }
    return true;
  }

  private boolean hasType(Contender contender) {
    try (Arena arena = Arena.ofShared()) {
      String matrix = program(contender).weights().stream().filter(weight -> weight.kind() == Value.Kind.MATRIX).findFirst().orElseThrow().name();
      return model(contender).weights(arena).find(matrix).filter(tensor -> tensor.dtype() == contender.dtype()).isPresent();
    }
  }

  private void requireRoom(long bytes) {
    try {
      Path existing = folder.toAbsolutePath();
      while (!Files.exists(existing)) {
        existing = existing.getParent();
      }
      long free = Files.getFileStore(existing).getUsableSpace();
      if (bytes > free) {
        throw InvalidInputException.of("The models need %.1f GB but %.1f GB are free in %s; fewer --blocks or --variants need less.",
            bytes / 1e9, free / 1e9, folder);
      }
    } catch (IOException e) {
      throw new InvalidInputException("The folder %s can't be read: %s.".formatted(folder, Reason.of(e)), e);
    }
  }
}
