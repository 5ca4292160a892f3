package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.Latin1;
import dev.holdfast.proxy.header.ResponseHead;

/**
 * Reads an instance's responses. Each must have been asked for: what comes at another
 * time is nobody's response, and malformed.
 */
public final class ResponseParser extends MessageParser<ResponseHead> {

	private static final int MOST_FIELDS = 1000;

	private static final Spares<ResponseHead> SPARES = new Spares<>(ResponseHead::new, ResponseHead::fields);

	private boolean expecting;

	private boolean toHead;

	private HttpVersion version = HttpVersion.HTTP_1_1;

	private int status;

	/**
	 * Prepare to read.
	 * @param maxSize the largest status line, and the largest sum of a head's fields,
	 * bytes
	 */
	public ResponseParser(int maxSize) {
		super(SPARES, new StartLineReader(maxSize, Rejection.HEADERS_TOO_LARGE, Rejection.STATUS_LINE, false),
				new FieldSection(maxSize, MOST_FIELDS, true));
	}

	/**
	 * Expect the response to a request that is about to be sent.
	 * @param method the request's method
	 */
	public void expect(String method) {
		this.expecting = true;
		this.toHead = method.equals("HEAD");
	}

	/**
	 * Whether a response is expected, or being read.
	 */
	public boolean isExpecting() {
		return this.expecting;
	}

	/**
	 * Hear that the connection has ended. What it brought before has been read.
	 * @param inOrder whether it was not reset: the end of a connection that was reset is
	 * no body's
	 * @return {@link Parsed#END} when that is the end of a body, {@link Parsed#MALFORMED}
	 * when it cuts a message off, {@link Parsed#NEED_DATA} when there was none, not even
	 * its first byte
	 */
	public Parsed endOfInput(boolean inOrder) {
		return finish(inOrder);
	}

	/**
	 * Return the head that was read last: valid from {@link Parsed#HEAD} until
	 * {@link #next} is called behind {@link Parsed#END}, an interim one until
	 * {@link #next} is called. Interim ones other than 100, 101 and 103 are passed over
	 * (RFC 9110, section 15.2). Behind 100 and 103 comes no {@link Parsed#END}, and
	 * behind 101 nothing more is read.
	 */
	@Override
	public ResponseHead head() {
		return super.head();
	}

	@Override
	boolean expectsMessage() {
		return this.expecting;
	}

	@Override
	void onStartLineCut(byte[] bytes, int start, int end) {
		// Nothing of it is of use.
	}

	@Override
	HeaderFields onStartLine(byte[] bytes, int start, int end) throws MalformedMessageException {
		boolean http11 = Grammar.matches(bytes, start, end, "HTTP/1.1 ");
		boolean wellFormed = (http11 || Grammar.matches(bytes, start, end, "HTTP/1.0 "))
				&& Grammar.isDigit(bytes, start + 9, end) && Grammar.isDigit(bytes, start + 10, end)
				&& Grammar.isDigit(bytes, start + 11, end) && bytes[start + 9] != '0'
				// Many leave out the space when there is no reason.
				&& (end == start + 12 || bytes[start + 12] == ' ') && Grammar.textEnd(bytes, start + 12, end) == end;
		if (!wellFormed) {
			throw new MalformedMessageException(Rejection.STATUS_LINE);
		}
		this.version = http11 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
		this.status = (bytes[start + 9] - '0') * 100 + (bytes[start + 10] - '0') * 10 + bytes[start + 11] - '0';
		head().begin(this.version, this.status, reason(bytes, Math.min(start + 13, end), end));
		return head().fields();
	}

	private String reason(byte[] bytes, int start, int end) {
		String usual = ReasonPhrases.of(this.status);
		boolean isUsual = end - start == usual.length() && Grammar.matches(bytes, start, end, usual);
		return isUsual ? usual : Latin1.text(bytes, start, end);
	}

	@Override
	BodyEnd onHead(MessageFraming framing) throws MalformedMessageException {
		framing.check(this.version);
		// RFC 9110, section 15.2: an interim response that is not understood is ignored.
		if (this.status < 200 && this.status != 100 && this.status != 101 && this.status != 103) {
			return BodyEnd.IGNORED;
		}
		BodyEnd end = bodyEnd(framing);
		boolean lengthless = this.status < 200 || this.status == 204;
		if (lengthless) {
			head().fields().remove(HeaderKind.CONTENT_LENGTH);
		}
		boolean hasBody = end == BodyEnd.UNTIL_CLOSE || (end == BodyEnd.BY_FIELDS && framing.contentLength() != 0);
		head().frame(lengthless ? -1 : framing.contentLength(), hasBody);
		return end;
	}

	private BodyEnd bodyEnd(MessageFraming framing) {
		if (this.status == 101) {
			return BodyEnd.TUNNEL;
		}
		if (this.status < 200) {
			return BodyEnd.INTERIM;
		}
		// RFC 9110, section 6.4.1.
		if (this.toHead || this.status == 204 || this.status == 304) {
			return BodyEnd.NONE;
		}
		return (framing.isChunked() || framing.contentLength() >= 0) ? BodyEnd.BY_FIELDS : BodyEnd.UNTIL_CLOSE;
	}

	@Override
	void onEnd() {
		this.expecting = false;
	}

	@Override
	void onMalformedHead() {
		head().begin(this.version, 502, "");
	}

}
