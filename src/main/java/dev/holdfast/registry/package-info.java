/**
 * The cached, self-healing view of what is registered: what others ask it, what it hears,
 * and the words for both.
 */
@NullMarked
package dev.holdfast.registry;

import org.jspecify.annotations.NullMarked;
