/**
 * How projects write themselves into a registry.
 */
@NullMarked
package dev.holdfast.registry.format;

import org.jspecify.annotations.NullMarked;
