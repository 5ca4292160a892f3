package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads a backend's answers. Each must have been asked for: what comes at another time
 * ends the connection, so that it is nobody's answer.
 */
final class AnswerDecoder extends MessageDecoder {

	private static final int MOST_FIELDS = 1000;

	private @Nullable HttpMethod asked;

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private HttpResponseStatus status = HttpResponseStatus.OK;

	private boolean reusable = true;

	private boolean reset;

	AnswerDecoder(Line line, int maxSize) {
		super(line, maxSize, maxSize, MOST_FIELDS, true);
	}

	/**
	 * A request is about to be sent.
	 */
	void ask(HttpMethod method) {
		this.asked = method;
	}

	/**
	 * Whether the connection may carry another request: nothing has come behind the last
	 * answer.
	 */
	boolean isReusable() {
		return this.reusable && !this.reset;
	}

	@Override
	boolean expectsMessage() {
		return this.asked != null;
	}

	@Override
	boolean ignoresEmptyLines() {
		return false;
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
		// Whoever fails to write hears of the reset, and whoever reads then just hears of
		// an end.
		this.reset |= event instanceof ChannelOutputShutdownEvent;
		super.userEventTriggered(context, event);
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) throws Exception {
		this.reset |= cause instanceof IOException;
		super.exceptionCaught(context, cause);
	}

	@Override
	boolean isReset() {
		return this.reset;
	}

	@Override
	Rejection startLineTooLong() {
		return Rejection.HEADERS_TOO_LARGE;
	}

	@Override
	Rejection startLineMalformed() {
		return Rejection.STATUS_LINE;
	}

	@Override
	void onStartLineCut(Line beginning) {
	}

	@Override
	void onStartLine(Line line) throws MalformedMessageException {
		boolean http11 = line.matches(0, "HTTP/1.1 ");
		boolean wellFormed = (http11 || line.matches(0, "HTTP/1.0 ")) && line.isDigit(9) && line.isDigit(10)
				&& line.isDigit(11) && line.at(9) != '0'
				// Many leave out the space when there is no reason.
				&& (line.length() == 12 || line.at(12) == ' ') && line.textEnd(12) == line.length();
		if (!wellFormed) {
			throw new MalformedMessageException(Rejection.STATUS_LINE);
		}
		int code = (line.at(9) - '0') * 100 + (line.at(10) - '0') * 10 + line.at(11) - '0';
		this.version = http11 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
		this.status = status(code, line);
	}

	private static HttpResponseStatus status(int code, Line line) {
		HttpResponseStatus known = HttpResponseStatus.valueOf(code);
		int start = Math.min(13, line.length());
		boolean usual = line.length() - start == known.reasonPhrase().length()
				&& line.matches(start, known.reasonPhrase());
		return usual ? known : new HttpResponseStatus(code, line.text(start, line.length()));
	}

	@Override
	Body onHead(FieldSection section, List<Object> out) throws MalformedMessageException {
		section.checkFraming(this.version);
		int code = this.status.code();
		// RFC 9110, section 15.2: an interim answer that is not understood is ignored.
		if (code < 200 && code != 100 && code != 101 && code != 103) {
			return Body.IGNORED;
		}
		if (code < 200 || code == 204) {
			section.fields().remove(HttpHeaderNames.CONTENT_LENGTH);
		}
		out.add(new DefaultHttpResponse(this.version, this.status, section.fields()));
		return body(code, section);
	}

	private Body body(int code, FieldSection section) {
		if (code == 101) {
			return Body.TUNNEL;
		}
		if (code < 200) {
			return Body.IGNORED;
		}
		if (!ResponseContent.isAllowed(HttpMethod.HEAD.equals(this.asked), code)) {
			return Body.NONE;
		}
		return (section.isChunked() || section.contentLength() >= 0) ? Body.BY_FIELDS : Body.UNTIL_CLOSE;
	}

	@Override
	void onEnd(boolean more) {
		this.asked = null;
		this.reusable &= !more;
	}

	@Override
	void onMalformed(boolean inHead, MalformedMessageException failure, List<Object> out) {
		HttpObject malformed = inHead
				? new DefaultHttpResponse(this.version, HttpResponseStatus.BAD_GATEWAY, Http1xHeaders.caseInsensitive())
				: new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
		malformed.setDecoderResult(DecoderResult.failure(failure));
		out.add(malformed);
	}

}
