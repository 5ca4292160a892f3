package dev.holdfast.proxy.client;

import java.util.ArrayDeque;

import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.http1.RequestParser;
import org.jspecify.annotations.Nullable;

/**
 * The parsers of one event loop. A connection has one only while a request comes or is
 * being answered, so that one which lies idle costs little.
 */
final class RequestParsers {

	/** More are made again when they are needed. */
	private static final int MOST_SPARE = 256;

	private final ArrayDeque<RequestParser> spare = new ArrayDeque<>();

	private final TrafficLimits limits;

	RequestParsers(TrafficLimits limits) {
		this.limits = limits;
	}

	/**
	 * Take one that stands before a message.
	 */
	RequestParser take() {
		RequestParser parser = this.spare.pollLast();
		return (parser != null) ? parser : new RequestParser(this.limits.maxRequestLineSize(),
				this.limits.maxHeaderSize(), this.limits.maxHeaderCount());
	}

	/**
	 * Give one back, unless it stands within a message.
	 * @param parser the parser, {@code null} for none
	 */
	void giveBack(@Nullable RequestParser parser) {
		if (parser != null && this.spare.size() < MOST_SPARE && parser.isBetweenMessages()) {
			parser.forget();
			this.spare.addLast(parser);
		}
	}

}
