/**
 * The traffic port: its start and its stop.
 */
@NullMarked
package dev.holdfast.proxy.server;

import org.jspecify.annotations.NullMarked;
