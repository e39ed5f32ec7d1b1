package org.terraformer.app.format;

import org.terraformer.ports.tensor.DType;
import org.terraformer.ports.tensor.Shape;

/** What is known of a tensor before its elements are read. */
public record TensorHeader(String name, DType dtype, Shape shape) {}
