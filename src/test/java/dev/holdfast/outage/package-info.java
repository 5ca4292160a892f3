/**
 * The failure matrix as a test suite: each row takes something away from a packaged
 * gateway under steady traffic, and gives it back.
 */
@NullMarked
package dev.holdfast.outage;

import org.jspecify.annotations.NullMarked;
