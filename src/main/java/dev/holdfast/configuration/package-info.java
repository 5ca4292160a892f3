/**
 * Properties and wiring.
 */
@NullMarked
package dev.holdfast.configuration;

import org.jspecify.annotations.NullMarked;
