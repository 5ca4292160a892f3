/**
 * The gateway with an etcd and demo backends of its own, for a first look.
 */
@NullMarked
package dev.holdfast.quickstart;

import org.jspecify.annotations.NullMarked;
