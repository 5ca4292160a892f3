package dev.holdfast.proxy;

import java.util.Locale;
import java.util.function.BiConsumer;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Copies the header fields of a backend's answer, without those of its connection, and
 * learns from them how the answer and the connection go on.
 */
final class AnswerHeaders implements BiConsumer<String, String> {

	private static final CharSequence VIA = AsciiString.cached("via");

	private static final int UPGRADE_REQUIRED = 426;

	private static final String EVENT_STREAM = "text/event-stream";

	private final MultiMap out;

	private long contentLength = -1;

	private boolean eventStream;

	private @Nullable String options;

	private @Nullable String via;

	private @Nullable String keepAlive;

	private @Nullable String upgrade;

	/**
	 * Copies an answer's fields.
	 * @param answer the answer
	 * @param out where the fields go; empty
	 * @param takesUpgrade whether the client may be told of other protocols, which HTTP/2
	 * forbids (RFC 9113, section 8.2.2)
	 */
	AnswerHeaders(HttpClientResponse answer, MultiMap out, boolean takesUpgrade) {
		this.out = out;
		answer.headers().forEach(this);
		ConnectionOptions.drop(this.options, out);
		if (answer.statusCode() == UPGRADE_REQUIRED && this.upgrade != null && takesUpgrade) {
			// RFC 9110, sections 15.5.22 and 7.8.
			out.add(HttpHeaders.UPGRADE, this.upgrade);
			out.add(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
		}
		String received = Via.of(answer.version());
		out.add(VIA, (this.via != null) ? this.via + ", " + received : received);
	}

	@Override
	public void accept(String name, String value) {
		switch (HeaderKind.of(name)) {
			case CONTENT_LENGTH -> {
				this.contentLength = Long.parseLong(value);
				this.out.add(name, value);
			}
			case HOP_BY_HOP, TRANSFER_ENCODING, TE -> {
				// Of the backend's connection only.
			}
			case UPGRADE -> this.upgrade = (this.upgrade != null) ? this.upgrade + ", " + value : value;
			case CONNECTION -> this.options = (this.options != null) ? this.options + "," + value : value;
			case CONTENT_TYPE -> {
				this.eventStream = value.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
				this.out.add(name, value);
			}
			case KEEP_ALIVE -> this.keepAlive = value;
			case VIA -> this.via = (this.via != null) ? this.via + ", " + value : value;
			case ORDINARY, HOST, EXPECT, FORWARDED, X_FORWARDED_FOR, X_FORWARDED_PROTO, X_FORWARDED_HOST,
					X_FORWARDED_PORT, X_FORWARDED_PREFIX, X_REQUEST_ID, IDEMPOTENCY_KEY, CLIENT_CERT ->
				this.out.add(name, value);
		}
	}

	/**
	 * The length of the body that the fields announce, -1 when they do not.
	 */
	long contentLength() {
		return this.contentLength;
	}

	/**
	 * Whether the answer goes on with events until somebody ends it.
	 */
	boolean isEventStream() {
		return this.eventStream && this.contentLength < 0;
	}

	/**
	 * Whether the backend keeps the connection open after the answer.
	 * @param version the answer's version
	 */
	boolean keepsConnection(HttpVersion version) {
		if (this.options == null) {
			return version != HttpVersion.HTTP_1_0;
		}
		return this.options.equalsIgnoreCase("keep-alive")
				|| (version != HttpVersion.HTTP_1_0 && !this.options.toLowerCase(Locale.ROOT).contains("close"));
	}

	/**
	 * For how many seconds the backend said it keeps an idle connection, -1 when it did
	 * not say.
	 */
	int keepAliveSeconds() {
		int start = (this.keepAlive != null) ? this.keepAlive.indexOf("timeout=") : -1;
		if (this.keepAlive == null || start < 0) {
			return -1;
		}
		int seconds = 0;
		for (int i = start + "timeout=".length(); i < this.keepAlive.length() && seconds < 1_000_000; i++) {
			char c = this.keepAlive.charAt(i);
			if (c < '0' || c > '9') {
				break;
			}
			seconds = seconds * 10 + (c - '0');
		}
		return seconds;
	}

}
