/**
 * Which service a request is for, and what is done to it on the way.
 */
@NullMarked
package dev.holdfast.route;

import org.jspecify.annotations.NullMarked;
