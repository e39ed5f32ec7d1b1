package org.terraformer.cpu.vector;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** The widest vectors of this machine, of four floats at least, and the narrower ones with as many lanes that are widened to them. */
final class Species {
  static final VectorSpecies<Float> FLOATS =
      FloatVector.SPECIES_PREFERRED.length() < 4 ? FloatVector.SPECIES_128 : FloatVector.SPECIES_PREFERRED;
  static final VectorSpecies<Integer> INTS = IntVector.SPECIES_MAX.withShape(FLOATS.vectorShape());
  static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_MAX.withShape(FLOATS.vectorShape());
  static final int LANES = FLOATS.length();
  static final long BYTES_OF_LANES = FLOATS.vectorByteSize();
  static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_MAX.withShape(VectorShape.forBitSize(LANES * 16));
  /** Bytes are loaded in the narrowest vector there is, 64 bits, of which the first lanes are used. */
  static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_MAX.withShape(VectorShape.forBitSize(Math.max(64, LANES * 8)));

  private Species() {}
}
