package dev.holdfast.proxy.http2;

/**
 * How much may go on at the same time on one HTTP/2 connection.
 *
 * @param maxStreams how many streams the peer may have open
 * (SETTINGS_MAX_CONCURRENT_STREAMS); 0 for an instance, which may push nothing
 * @param streamWindow what a stream may bring before it is taken, bytes
 * @param connectionWindow what all streams together may bring, bytes
 * @param maxHeaderSize the largest head, bytes, names and values as HPACK counts them
 * (SETTINGS_MAX_HEADER_LIST_SIZE)
 * @param maxHeaderCount how many fields a head may have
 * @param maxResets how many streams the peer may reset, or make this side reset, within
 * half a minute; 0 for as many as it likes
 */
public record Http2Limits(int maxStreams, int streamWindow, int connectionWindow, int maxHeaderSize, int maxHeaderCount,
		int maxResets) {
}
