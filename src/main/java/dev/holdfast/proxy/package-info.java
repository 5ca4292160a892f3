/**
 * The traffic port: one exchange per request, on Vert.x event loops.
 */
@NullMarked
package dev.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
