/**
 * Connections of clients.
 */
@NullMarked
package dev.holdfast.proxy.client;

import org.jspecify.annotations.NullMarked;
