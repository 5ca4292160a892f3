/**
 * Heads of messages as the bytes that came, and what their fields mean to a gateway.
 */
@NullMarked
package dev.holdfast.proxy.header;

import org.jspecify.annotations.NullMarked;
