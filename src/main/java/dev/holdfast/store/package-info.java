/**
 * A part of etcd as those see it who keep or follow a few entries there: a connection
 * that lists, watches and proves that it delivers, and who starts over when it does not.
 */
@NullMarked
package dev.holdfast.store;

import org.jspecify.annotations.NullMarked;
