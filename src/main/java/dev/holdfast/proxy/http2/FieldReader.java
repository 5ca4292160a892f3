package dev.holdfast.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Makes a head or trailers of the fields that a block has, and finds out whether they are
 * well-formed (RFC 9113, section 8). Blanks around a value are removed, as they are in
 * HTTP/1.1.
 */
final class FieldReader implements HpackDecoder.Fields {

	private static final byte[] NOTHING = {};

	private static final byte[] COOKIE = HpackStaticTable.bytes("cookie");

	private final int maxSize;

	private final int maxCount;

	private Section section = Section.IGNORED;

	private HeaderFields fields = HeaderFields.NONE;

	private boolean begun;

	private boolean malformed;

	private int size;

	private int count;

	private @Nullable String method;

	private @Nullable String scheme;

	private @Nullable String path;

	private boolean visiblePath;

	private @Nullable String authority;

	private @Nullable String protocol;

	private @Nullable String host;

	private int status;

	private long contentLength;

	private byte[] cookies = NOTHING;

	private int cookiesLength;

	/**
	 * Prepare to read.
	 * @param limits how much a head may have
	 */
	FieldReader(Http2Limits limits) {
		this.maxSize = limits.maxHeaderSize();
		this.maxCount = limits.maxHeaderCount();
	}

	/**
	 * Begin with a section. Its fields are cleared.
	 * @param section what it is
	 * @param fields where its fields go
	 */
	void begin(Section section, HeaderFields fields) {
		this.section = section;
		this.fields = fields;
		if (!fields.isEmpty()) {
			fields.clear();
		}
		this.begun = false;
		this.malformed = false;
		this.size = 0;
		this.count = 0;
		this.method = null;
		this.scheme = null;
		this.path = null;
		this.visiblePath = true;
		this.authority = null;
		this.protocol = null;
		this.host = null;
		this.status = 0;
		this.contentLength = -1;
		this.cookiesLength = 0;
	}

	@Override
	public void add(HpackEntry entry) {
		FieldRole role = entry.role();
		if (!entry.isValid()) {
			this.malformed = true;
		}
		if (role != FieldRole.ORDINARY) {
			byte[] line = entry.line();
			addSpecial(role, entry, line, entry.valueStart(), entry.valueEnd(), entry.size());
			return;
		}
		this.begun = true;
		if (count(entry.size()) && isKept(entry.kind(), entry.line(), entry.valueStart(), entry.valueEnd(), entry)) {
			this.fields.addLine(entry.kind(), entry.line(), entry.nameLength());
		}
	}

	@Override
	public void add(HeaderKind kind, FieldRole role, byte[] names, int nameStart, int nameEnd, byte[] values,
			int valueStart, int valueEnd) {
		int length = nameEnd - nameStart + valueEnd - valueStart + HpackEntry.OVERHEAD;
		int end = Octets.trimmedEnd(values, valueStart, valueEnd);
		int start = Octets.trimmedStart(values, valueStart, end);
		if (!HpackEntry.isValid(kind, values, start, end)) {
			this.malformed = true;
		}
		if (role != FieldRole.ORDINARY) {
			addSpecial(role, null, values, start, end, length);
			return;
		}
		this.begun = true;
		if (count(length) && isKept(kind, values, start, end, null)) {
			this.fields.add(kind, names, nameStart, nameEnd, values, start, end);
		}
	}

	private boolean count(int length) {
		this.size += length;
		this.count++;
		return !isTooLarge() && this.count <= this.maxCount && this.section != Section.IGNORED && !this.malformed;
	}

	private boolean isTooLarge() {
		return this.size > this.maxSize;
	}

	/**
	 * Looks at what says something about the message.
	 */
	private boolean isKept(HeaderKind kind, byte[] bytes, int start, int end, @Nullable HpackEntry entry) {
		if (kind == HeaderKind.CONTENT_LENGTH && this.section != Section.TRAILERS) {
			long length = parseLength(bytes, start, end);
			if (length < 0 || this.contentLength >= 0) {
				this.malformed = true;
			}
			this.contentLength = length;
			return true;
		}
		if (kind == HeaderKind.HOST && this.section == Section.REQUEST) {
			String text = text(entry, bytes, start, end);
			if (this.host != null && !this.host.equalsIgnoreCase(text)) {
				this.malformed = true;
			}
			this.host = text;
			return false;
		}
		return true;
	}

	private static long parseLength(byte[] bytes, int start, int end) {
		// Nineteen digits do not fit a long; and some servers take 010 for an octal
		// number.
		int digits = end - start;
		if (digits == 0 || digits >= 19 || (digits > 1 && bytes[start] == '0')) {
			return -1;
		}
		long length = 0;
		for (int i = start; i < end; i++) {
			int digit = bytes[i] - '0';
			if (digit < 0 || digit > 9) {
				return -1;
			}
			length = length * 10 + digit;
		}
		return length;
	}

	private static String text(@Nullable HpackEntry entry, byte[] bytes, int start, int end) {
		return (entry != null) ? entry.value() : new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	private void addSpecial(FieldRole role, @Nullable HpackEntry entry, byte[] bytes, int start, int end, int length) {
		if (role == FieldRole.COOKIE) {
			this.begun = true;
			if (count(length)) {
				addCookie(bytes, start, end);
			}
			return;
		}
		this.size += length;
		if (this.begun || role == FieldRole.FORBIDDEN || !takes(role)) {
			this.malformed = true;
		}
		else if (this.section != Section.IGNORED) {
			addPseudo(role, entry, bytes, start, end);
		}
	}

	private boolean takes(FieldRole role) {
		return switch (this.section) {
			case REQUEST -> role != FieldRole.STATUS;
			case RESPONSE -> role == FieldRole.STATUS;
			case TRAILERS -> false;
			case IGNORED -> true;
		};
	}

	private void addCookie(byte[] bytes, int start, int end) {
		if (this.section != Section.REQUEST) {
			this.fields.add(HeaderKind.ORDINARY, COOKIE, 0, COOKIE.length, bytes, start, end);
			return;
		}
		int needed = this.cookiesLength + end - start + 2;
		if (needed > this.cookies.length) {
			this.cookies = Arrays.copyOf(this.cookies, Math.max(needed, this.cookies.length * 2));
		}
		if (this.cookiesLength > 0) {
			this.cookies[this.cookiesLength++] = ';';
			this.cookies[this.cookiesLength++] = ' ';
		}
		System.arraycopy(bytes, start, this.cookies, this.cookiesLength, end - start);
		this.cookiesLength += end - start;
	}

	private void addPseudo(FieldRole role, @Nullable HpackEntry entry, byte[] bytes, int start, int end) {
		// What is too large has no text, but counts as given.
		String value = isTooLarge() ? "" : text(entry, bytes, start, end);
		switch (role) {
			case METHOD -> {
				this.malformed |= this.method != null || !Octets.isToken(bytes, start, end);
				this.method = value;
			}
			case SCHEME -> {
				this.malformed |= this.scheme != null || start == end;
				this.scheme = value;
			}
			case PATH -> {
				this.malformed |= this.path != null || start == end;
				this.visiblePath = Octets.isVisible(bytes, start, end);
				this.path = value;
			}
			case AUTHORITY -> {
				this.malformed |= this.authority != null;
				this.authority = value;
			}
			case PROTOCOL -> {
				this.malformed |= this.protocol != null || !Octets.isToken(bytes, start, end);
				this.protocol = value;
			}
			case STATUS -> {
				this.malformed |= this.status != 0 || !readStatus(bytes, start, end);
			}
			case ORDINARY, COOKIE, FORBIDDEN -> this.malformed = true;
		}
	}

	/**
	 * A change of protocol is not HTTP/2's (RFC 9113, section 8.6).
	 */
	private boolean readStatus(byte[] bytes, int start, int end) {
		int number = 0;
		for (int i = start; i < end; i++) {
			int digit = bytes[i] - '0';
			if (digit < 0 || digit > 9) {
				return false;
			}
			number = number * 10 + digit;
		}
		this.status = number;
		return end - start == 3 && number >= 100 && number != 101;
	}

	/**
	 * Take the head of a request that has been read.
	 * @param head the head, whose fields were read into
	 * @param end whether its stream ended with it
	 * @return whether it is well-formed
	 */
	boolean finish(RequestHead head, boolean end) {
		addCookies();
		boolean connect = "CONNECT".equals(this.method);
		boolean extended = this.protocol != null;
		boolean complete = (connect && !extended) ? this.scheme == null && this.path == null
				: this.scheme != null && this.path != null;
		if (this.malformed || this.method == null || !complete || (extended && !connect)
				|| (connect && this.authority == null) || isDifferentHost()) {
			return false;
		}
		long length = extended ? -1 : this.contentLength;
		if (end && length > 0) {
			return false;
		}
		head.beginWithFields(HttpVersion.HTTP_2, this.method, (this.path != null) ? this.path : "");
		head.pseudo((this.authority != null) ? this.authority : this.host, this.protocol);
		head.frame(length, false, extended || length > 0 || (length < 0 && !end));
		return true;
	}

	private boolean isDifferentHost() {
		return this.authority != null && this.host != null && !this.authority.equalsIgnoreCase(this.host)
				&& !isTooLarge();
	}

	private void addCookies() {
		if (this.cookiesLength > 0) {
			this.fields.add(HeaderKind.ORDINARY, COOKIE, 0, COOKIE.length, this.cookies, 0, this.cookiesLength);
			if (this.cookies.length > 4096) {
				this.cookies = NOTHING;
			}
		}
	}

	/**
	 * Take the head of a response that has been read.
	 * @param head the head, whose fields were read into
	 * @param end whether its stream ended with it
	 * @return whether it is well-formed and within the limits
	 */
	boolean finish(ResponseHead head, boolean end) {
		boolean interim = this.status < 200;
		if (this.malformed || this.status == 0 || (interim && end) || rejection() != null) {
			return false;
		}
		head.beginWithFields(HttpVersion.HTTP_2, this.status, "");
		head.frame(this.contentLength, !end && !interim);
		return true;
	}

	/**
	 * Whether trailers that have been read are well-formed and within the limits.
	 */
	boolean isSound() {
		return !this.malformed && rejection() == null;
	}

	/**
	 * Return why a request whose head has been read is turned away, although it is
	 * well-formed; {@code null} when it is not.
	 */
	@Nullable Rejection rejection() {
		if (isTooLarge()) {
			return Rejection.HEADERS_TOO_LARGE;
		}
		if (this.count > this.maxCount) {
			return Rejection.TOO_MANY_HEADERS;
		}
		return this.visiblePath ? null : Rejection.TARGET;
	}

	/**
	 * What a block stands for.
	 */
	enum Section {

		REQUEST, RESPONSE, TRAILERS,

		/** Read for the sake of the table alone. */
		IGNORED

	}

}
