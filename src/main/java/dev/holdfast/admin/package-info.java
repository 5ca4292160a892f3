/**
 * The operators' API under {@code /registry} on the admin port.
 */
@NullMarked
package dev.holdfast.admin;

import org.jspecify.annotations.NullMarked;
