package org.terraformer.app.format.gin;

/** A value that stands elsewhere: {@code %name}. */
record GinMacro(String name) {}
