package dev.holdfast.upstream;

/**
 * What may come of an instance when one is chosen for a request's first try.
 *
 * @param instance the instance
 * @param weight the weight that it is chosen by, 0 when it is not chosen at all
 * @param share the part of the requests that it can expect as things stand, 0 to 1
 * @param eligible whether it may be chosen
 * @param full whether it has all the requests that it gets at a time
 */
public record Candidate(UpstreamInstance instance, int weight, double share, boolean eligible, boolean full) {
}
