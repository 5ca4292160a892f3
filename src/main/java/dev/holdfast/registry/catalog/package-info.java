/**
 * The records behind the snapshot, how those of one service are merged, and what became
 * of them.
 */
@NullMarked
package dev.holdfast.registry.catalog;

import org.jspecify.annotations.NullMarked;
