package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.Latin1;
import dev.holdfast.proxy.header.RequestHead;

/**
 * Reads a client's requests.
 */
public final class RequestParser extends MessageParser<RequestHead> {

	private static final Spares<RequestHead> SPARES = new Spares<>(RequestHead::new, RequestHead::fields);

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private String method = "";

	private String target = "";

	/**
	 * Prepare to read.
	 * @param maxLine the largest request line, bytes
	 * @param maxSize the largest sum of a head's fields, bytes
	 * @param maxFields the largest number of fields
	 */
	public RequestParser(int maxLine, int maxSize, int maxFields) {
		super(SPARES, new StartLineReader(maxLine, Rejection.TARGET_TOO_LONG, Rejection.REQUEST_LINE, true),
				new FieldSection(maxSize, maxFields, false));
	}

	/**
	 * Return the head that was read last: valid from {@link Parsed#HEAD} until
	 * {@link #next} is called behind {@link Parsed#END}. Behind a
	 * {@link Parsed#MALFORMED} within a head it has of the request line what could be
	 * read, and no fields.
	 */
	@Override
	public RequestHead head() {
		return super.head();
	}

	@Override
	boolean expectsMessage() {
		return true;
	}

	/**
	 * The method decides whether the response that says so has content.
	 */
	@Override
	void onStartLineCut(byte[] bytes, int start, int end) {
		int methodEnd = Grammar.tokenEnd(bytes, start, end);
		if (methodEnd > start && Grammar.at(bytes, methodEnd, end) == ' ') {
			this.method = method(bytes, start, methodEnd);
		}
	}

	@Override
	HeaderFields onStartLine(byte[] bytes, int start, int end) throws MalformedMessageException {
		int methodEnd = Grammar.tokenEnd(bytes, start, end);
		if (methodEnd == start || Grammar.at(bytes, methodEnd, end) != ' ') {
			throw new MalformedMessageException(Rejection.REQUEST_LINE);
		}
		this.method = method(bytes, start, methodEnd);
		int from = methodEnd + 1;
		int to = Grammar.visibleEnd(bytes, from, end);
		if (Grammar.at(bytes, to, end) != ' ' || to == from) {
			boolean blankOrEnd = to == end || Grammar.blankEnd(bytes, to, end) > to;
			throw new MalformedMessageException(blankOrEnd ? Rejection.REQUEST_LINE : Rejection.TARGET);
		}
		this.version = version(bytes, to + 1, end);
		this.target = Latin1.text(bytes, from, to);
		return beginHead().fields();
	}

	private RequestHead beginHead() {
		RequestHead begun = head();
		begun.begin(this.version, this.method, this.target);
		return begun;
	}

	private static String method(byte[] bytes, int start, int end) {
		String usual = switch (end - start) {
			case 3 -> (bytes[start] == 'G') ? "GET" : "PUT";
			case 4 -> (bytes[start] == 'P') ? "POST" : "HEAD";
			case 5 -> "PATCH";
			case 6 -> "DELETE";
			default -> "OPTIONS";
		};
		boolean isUsual = end - start == usual.length() && Grammar.matches(bytes, start, end, usual);
		return isUsual ? usual : Latin1.text(bytes, start, end);
	}

	private static HttpVersion version(byte[] bytes, int start, int end) throws MalformedMessageException {
		boolean wellFormed = end - start == "HTTP/1.1".length() && Grammar.matches(bytes, start, end, "HTTP/")
				&& Grammar.isDigit(bytes, start + 5, end) && bytes[start + 6] == '.'
				&& Grammar.isDigit(bytes, start + 7, end);
		if (!wellFormed) {
			throw new MalformedMessageException(Rejection.REQUEST_LINE);
		}
		if (bytes[start + 5] != '1' || bytes[start + 7] > '1') {
			throw new MalformedMessageException(Rejection.VERSION);
		}
		return (bytes[start + 7] == '1') ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
	}

	@Override
	BodyEnd onHead(MessageFraming framing) throws MalformedMessageException {
		framing.check(this.version);
		boolean hasBody = framing.isChunked() || framing.contentLength() > 0;
		head().frame(framing.contentLength(), framing.isChunked(), hasBody);
		return BodyEnd.BY_FIELDS;
	}

	@Override
	void onEnd() {
		this.version = HttpVersion.HTTP_1_1;
		this.method = "";
		this.target = "";
	}

	@Override
	void onMalformedHead() {
		beginHead();
	}

}
