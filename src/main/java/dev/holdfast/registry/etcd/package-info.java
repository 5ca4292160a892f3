/**
 * The registry source on etcd; the only code that knows jetcd.
 */
@NullMarked
package dev.holdfast.registry.etcd;

import org.jspecify.annotations.NullMarked;
