package dev.holdfast.proxy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer to an HTTP/1.1 connection, which cannot go on with what is not
 * understood, or too much to be read.
 */
final class Http1AnswerWriter implements AnswerWriter {

	private static final CharSequence UPGRADE_AND_CLOSE = HttpHeaders.createOptimized("upgrade, close");

	private final HttpServerRequest request;

	private final HttpServerResponse response;

	private boolean closing;

	Http1AnswerWriter(HttpServerRequest request) {
		this.request = request;
		this.response = request.response();
	}

	@Override
	public long untaken() {
		return Connections.untaken(connection());
	}

	@Override
	public Future<Void> write(Buffer chunk) {
		return this.response.write(chunk);
	}

	@Override
	public void finish(Buffer rest, @Nullable RequestBody body) {
		if (body != null && !body.isEnded()) {
			if (!body.isNearlyEnded() || body.expectsContinue()) {
				closeAfterwards();
			}
			body.discard();
		}
		if (this.closing) {
			// Not before: from here on the connection has little time left.
			Connections.closeAfterAnswer(connection());
		}
		Future<Void> sent = this.response.end(rest);
		if (this.closing) {
			sent.onComplete((done) -> Connections.endOutput(connection()));
		}
	}

	@Override
	public boolean prepareTrailers(boolean hasLength) {
		boolean toHead = this.request.method().equals(HttpMethod.HEAD);
		if (hasLength || this.request.version() == HttpVersion.HTTP_1_0
				|| !ResponseContent.isAllowed(toHead, this.response.getStatusCode())) {
			return false;
		}
		if (!this.response.headWritten()) {
			this.response.setChunked(true);
		}
		return true;
	}

	@Override
	public void closeAfterwards() {
		this.closing = true;
		if (!this.response.headWritten()) {
			boolean upgrade = this.response.headers().contains(HttpHeaders.UPGRADE);
			this.response.putHeader(HttpHeaders.CONNECTION, upgrade ? UPGRADE_AND_CLOSE : HttpHeaders.CLOSE);
		}
	}

	@Override
	public void hangUp() {
		if (!this.closing) {
			this.closing = true;
			Connections.closeAfterAnswer(connection());
			Connections.endOutput(connection());
		}
	}

	@Override
	public void abort() {
		Connections.reset(connection());
	}

	private HttpConnection connection() {
		return this.request.connection();
	}

}
