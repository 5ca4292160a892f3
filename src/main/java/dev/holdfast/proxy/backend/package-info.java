/**
 * Connections to instances.
 */
@NullMarked
package dev.holdfast.proxy.backend;

import org.jspecify.annotations.NullMarked;
