/**
 * Active health checks: what instances are asked whether they are well, how often, and
 * what their answers come to.
 */
@NullMarked
package dev.holdfast.check;

import org.jspecify.annotations.NullMarked;
