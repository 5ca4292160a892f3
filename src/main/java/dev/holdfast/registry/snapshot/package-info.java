/**
 * The file on disk that a gateway starts from while the registry is away.
 */
@NullMarked
package dev.holdfast.registry.snapshot;

import org.jspecify.annotations.NullMarked;
