/**
 * HTTP/1.1 as bytes: what reads it and what writes it.
 */
@NullMarked
package dev.holdfast.proxy.http1;

import org.jspecify.annotations.NullMarked;
