/**
 * The cached, self-healing view of what is registered.
 */
@NullMarked
package dev.holdfast.registry;

import org.jspecify.annotations.NullMarked;
