/**
 * Health contributors, probes and meters.
 */
@NullMarked
package dev.holdfast.actuate;

import org.jspecify.annotations.NullMarked;
