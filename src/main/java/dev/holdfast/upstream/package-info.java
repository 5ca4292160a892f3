/**
 * The run-time state of instances, and the choice among them.
 */
@NullMarked
package dev.holdfast.upstream;

import org.jspecify.annotations.NullMarked;
