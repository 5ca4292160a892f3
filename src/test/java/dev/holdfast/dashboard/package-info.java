/**
 * The page that operators have open, in a real browser.
 */
@NullMarked
package dev.holdfast.dashboard;

import org.jspecify.annotations.NullMarked;
