/**
 * The operators' API under {@code /registry}.
 */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
