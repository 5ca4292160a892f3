/**
 * Where routes come from while the gateway runs: the documents of a watched folder and of
 * etcd, what of each is in force, and why the rest is not.
 */
@NullMarked
package dev.holdfast.route.source;

import org.jspecify.annotations.NullMarked;
