package dev.holdfast.actuate;

import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * A record without what meters do not look at.
 */
interface BareRecord extends ExchangeRecord {

	@Override
	default String target() {
		return "/";
	}

	@Override
	default String protocol() {
		return "HTTP/1.1";
	}

	@Override
	default String host() {
		return "";
	}

	@Override
	default String clientAddress() {
		return "127.0.0.1";
	}

	@Override
	default String requestId() {
		return "";
	}

	@Override
	default @Nullable UpstreamInstance instance() {
		return null;
	}

	@Override
	default long requestBytes() {
		return 0;
	}

	@Override
	default long responseBytes() {
		return 0;
	}

}
