/**
 * The gateways that share an etcd: who they are, which of them lags, and what operators
 * hand to all of them.
 */
@NullMarked
package dev.holdfast.cluster;

import org.jspecify.annotations.NullMarked;
