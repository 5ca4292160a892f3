/**
 * HTTP/2 as frames: connections, streams and their flow control.
 */
@NullMarked
package dev.holdfast.proxy.http2;

import org.jspecify.annotations.NullMarked;
