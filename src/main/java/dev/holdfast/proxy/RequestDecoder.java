package dev.holdfast.proxy;

import java.util.List;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.Http1xHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Reads a client's requests. Emits {@link ReceivedRequest}s, also for what is malformed,
 * so that it is answered like any other error.
 */
final class RequestDecoder extends MessageDecoder {

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private HttpMethod method = HttpMethod.GET;

	private String target = "/";

	private @Nullable ReceivedRequest request;

	RequestDecoder(Line line, TrafficLimits limits) {
		super(line, limits.maxRequestLineSize(), limits.maxHeaderSize(), limits.maxHeaderCount(), false);
	}

	@Override
	boolean expectsMessage() {
		return true;
	}

	@Override
	boolean ignoresEmptyLines() {
		return true;
	}

	@Override
	boolean isReset() {
		return false;
	}

	@Override
	Rejection startLineTooLong() {
		return Rejection.TARGET_TOO_LONG;
	}

	@Override
	Rejection startLineMalformed() {
		return Rejection.REQUEST_LINE;
	}

	/**
	 * The method decides whether the answer that says so has content.
	 */
	@Override
	void onStartLineCut(Line beginning) {
		int methodEnd = beginning.tokenEnd(0);
		if (methodEnd > 0 && beginning.at(methodEnd) == ' ') {
			this.method = method(beginning, methodEnd);
		}
	}

	@Override
	void onStartLine(Line line) throws MalformedMessageException {
		int methodEnd = line.tokenEnd(0);
		if (methodEnd == 0 || line.at(methodEnd) != ' ') {
			throw new MalformedMessageException(Rejection.REQUEST_LINE);
		}
		this.method = method(line, methodEnd);
		int target = methodEnd + 1;
		int targetEnd = line.visibleEnd(target);
		if (line.at(targetEnd) != ' ' || targetEnd == target) {
			throw new MalformedMessageException(
					isBlankOrEnd(line, targetEnd) ? Rejection.REQUEST_LINE : Rejection.TARGET);
		}
		this.version = version(line, targetEnd + 1);
		this.target = line.text(target, targetEnd);
	}

	private static boolean isBlankOrEnd(Line line, int index) {
		return index == line.length() || line.blankEnd(index) > index;
	}

	private static HttpMethod method(Line line, int end) {
		if (end == 3 && line.matches(0, "GET")) {
			return HttpMethod.GET;
		}
		return (end == 4 && line.matches(0, "POST")) ? HttpMethod.POST : HttpMethod.valueOf(line.text(0, end));
	}

	private static HttpVersion version(Line line, int start) throws MalformedMessageException {
		boolean wellFormed = line.length() - start == "HTTP/1.1".length() && line.matches(start, "HTTP/")
				&& line.isDigit(start + 5) && line.at(start + 6) == '.' && line.isDigit(start + 7);
		if (!wellFormed) {
			throw new MalformedMessageException(Rejection.REQUEST_LINE);
		}
		if (line.at(start + 5) != '1' || line.at(start + 7) > '1') {
			throw new MalformedMessageException(Rejection.VERSION);
		}
		return (line.at(start + 7) == '1') ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
	}

	@Override
	Body onHead(FieldSection section, List<Object> out) throws MalformedMessageException {
		section.checkFraming(this.version);
		this.request = new ReceivedRequest(this.version, this.method, this.target, section.fields(), this);
		out.add(this.request);
		return Body.BY_FIELDS;
	}

	@Override
	void onEnd(boolean more) {
		this.request = null;
		this.version = HttpVersion.HTTP_1_1;
		this.method = HttpMethod.GET;
		this.target = "/";
	}

	@Override
	void onMalformed(boolean inHead, MalformedMessageException failure, List<Object> out) {
		if (inHead) {
			ReceivedRequest rejected = new ReceivedRequest(this.version, this.method, this.target,
					Http1xHeaders.caseInsensitive(), this);
			rejected.reject(failure.rejection());
			out.add(rejected);
		}
		else if (this.request != null) {
			this.request.reject(failure.rejection());
		}
	}

}
