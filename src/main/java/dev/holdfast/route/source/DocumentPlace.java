package dev.holdfast.route.source;

import dev.holdfast.route.source.RouteOrigin.Source;

/**
 * Where a document is.
 *
 * @param source the kind of place
 * @param place the path of the file, or the key in etcd
 */
record DocumentPlace(Source source, String place) {
}
