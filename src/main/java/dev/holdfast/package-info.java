/**
 * Holdfast, a service-discovery gateway that keeps routing while its registry is away.
 */
@NullMarked
package dev.holdfast;

import org.jspecify.annotations.NullMarked;
