/**
 * The immutable vocabulary: services, their instances, and snapshots of all of them.
 */
@NullMarked
package dev.holdfast.service;

import org.jspecify.annotations.NullMarked;
