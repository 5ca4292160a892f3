/**
 * What connections are secured with, wherever it comes from.
 */
@NullMarked
package dev.holdfast.tls;

import org.jspecify.annotations.NullMarked;
