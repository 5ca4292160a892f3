/**
 * Connections that have left HTTP.
 */
@NullMarked
package dev.holdfast.proxy.tunnel;

import org.jspecify.annotations.NullMarked;
