package dev.holdfast.admin;

/**
 * How many instances a service has.
 *
 * @param total all that are registered
 * @param routable those that take new requests: neither drained nor ejected, and of a
 * weight above 0
 * @param held those that the registry no longer has and that stay for now; they may be
 * routable
 * @param draining those that get no new requests at an operator's word
 * @param ejected those that are avoided: they refused a connection lately, failed
 * requests, or fail their check
 */
record InstanceCounts(int total, int routable, int held, int draining, int ejected) {
}
