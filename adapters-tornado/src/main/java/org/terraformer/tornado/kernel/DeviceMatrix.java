package org.terraformer.tornado.kernel;

import uk.ac.manchester.tornado.api.types.arrays.ByteArray;
import uk.ac.manchester.tornado.api.types.arrays.FloatArray;
import uk.ac.manchester.tornado.api.types.arrays.ShortArray;

/**
 * A matrix as it lies on the device. Kernels take all three arrays and the format, a constant, by which the device's compiler drops what
 * that format does not need; {@link MatrixElement} reads one element.
 *
 * @param format {@link MatrixElement#F32}, {@link MatrixElement#F16}, {@link MatrixElement#BF16} or {@link MatrixElement#Q8}
 * @param floats F32: the elements; F16 and BF16: the powers of two of that format; Q8: the block scales
 * @param halves F16 and BF16: the elements
 * @param bytes Q8: the elements
 * @param columns elements of a row
 */
public record DeviceMatrix(int format, FloatArray floats, ShortArray halves, ByteArray bytes, int columns) {}
