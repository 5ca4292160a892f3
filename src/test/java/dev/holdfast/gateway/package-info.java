/**
 * The packaged gateway end to end: on a real etcd, with real backends and under load.
 */
@NullMarked
package dev.holdfast.gateway;

import org.jspecify.annotations.NullMarked;
