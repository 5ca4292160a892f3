/**
 * The test rig: real etcd processes, backends, a faulty network and load.
 */
@NullMarked
package dev.holdfast.testing;

import org.jspecify.annotations.NullMarked;
