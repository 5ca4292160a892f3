/**
 * One line for each request on the traffic port.
 */
@NullMarked
package dev.holdfast.accesslog;

import org.jspecify.annotations.NullMarked;
