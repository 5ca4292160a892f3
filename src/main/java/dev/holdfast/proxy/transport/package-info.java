/**
 * Event loops, sockets, deadlines and TLS.
 */
@NullMarked
package dev.holdfast.proxy.transport;

import org.jspecify.annotations.NullMarked;
