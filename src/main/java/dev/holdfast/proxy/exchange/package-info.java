/**
 * One request and its response.
 */
@NullMarked
package dev.holdfast.proxy.exchange;

import org.jspecify.annotations.NullMarked;
