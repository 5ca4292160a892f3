/**
 * What operators have set against what is registered: the vocabulary, what is in force,
 * and the file that it is kept in.
 */
@NullMarked
package dev.holdfast.override;

import org.jspecify.annotations.NullMarked;
