/**
 * Which removals are believed: their leases, their budgets, those that are held, and the
 * probes of what they concern.
 */
@NullMarked
package dev.holdfast.registry.guard;

import org.jspecify.annotations.NullMarked;
