package org.terraformer.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * Keys or values of earlier positions as they lie on the device; {@link CacheElement} reads and writes one element.
 *
 * @param format {@link MatrixElement#F32} or {@link MatrixElement#BF16}
 * @param floats F32: the elements; BF16: the powers of two
 * @param halves BF16: the elements
 */
public record DeviceCache(int format, FloatArray floats, ShortArray halves) {}
