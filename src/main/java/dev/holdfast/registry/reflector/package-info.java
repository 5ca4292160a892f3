/**
 * One loop on one thread that lists the registry, watches it, proves that the watch
 * delivers, and publishes what comes of it.
 */
@NullMarked
package dev.holdfast.registry.reflector;

import org.jspecify.annotations.NullMarked;
