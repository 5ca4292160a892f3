/**
 * How routes are written: YAML and JSON, in the gateway's own short form and as Gateway
 * API v1 has them.
 */
@NullMarked
package dev.holdfast.route.document;

import org.jspecify.annotations.NullMarked;
