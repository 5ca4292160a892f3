/**
 * The traffic port: what it is told, how much it takes and how long it waits, and what it
 * tells of its requests and of their errors.
 */
@NullMarked
package dev.holdfast.proxy;

import org.jspecify.annotations.NullMarked;
