package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.Latin1;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * Makes a head or trailers of the fields that a block has, and finds out whether they are
 * well-formed (RFC 9113, section 8). Blanks around a value are removed, as they are in
 * HTTP/1.1.
 */
final class FieldReader implements HpackDecoder.Fields {

	private final int maxSize;

	private final int maxCount;

	private final PseudoFields pseudo = new PseudoFields();

	private final CookieCrumbs cookies = new CookieCrumbs();

	private Section section = Section.IGNORED;

	private HeaderFields fields = HeaderFields.NONE;

	private boolean begun;

	private boolean malformed;

	private int size;

	private int count;

	private @Nullable String host;

	private long contentLength;

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
		this.pseudo.clear();
		this.host = null;
		this.contentLength = -1;
		this.cookies.clear();
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
			int valueStart, int valueEnd, boolean sensitive) {
		int length = nameEnd - nameStart + valueEnd - valueStart + HpackEntry.OVERHEAD;
		int end = Grammar.trimmedEnd(values, valueStart, valueEnd);
		int start = Grammar.blankEnd(values, valueStart, end);
		if (!HpackEntry.isValid(kind, values, start, end)) {
			this.malformed = true;
		}
		if (role != FieldRole.ORDINARY) {
			addSpecial(role, null, values, start, end, length);
			if (sensitive && role == FieldRole.PATH) {
				this.pseudo.markPathSensitive();
			}
			return;
		}
		this.begun = true;
		if (count(length) && isKept(kind, values, start, end, null)) {
			this.fields.add(kind, names, nameStart, nameEnd, values, start, end);
			if (sensitive) {
				this.fields.markSensitive();
			}
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
		return (entry != null) ? entry.value() : Latin1.text(bytes, start, end);
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
			// What is too large has no text, but counts as given.
			String value = isTooLarge() ? "" : text(entry, bytes, start, end);
			this.malformed |= !this.pseudo.add(role, value, bytes, start, end);
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
		if (this.section == Section.REQUEST) {
			this.cookies.add(bytes, start, end);
		}
		else {
			CookieCrumbs.addTo(this.fields, bytes, start, end);
		}
	}

	/**
	 * Take the head of a request that has been read.
	 * @param head the head, whose fields were read into
	 * @param end whether its stream ended with it
	 * @return whether it is well-formed
	 */
	boolean finish(RequestHead head, boolean end) {
		this.cookies.addTo(this.fields);
		boolean extended = this.pseudo.isExtended();
		long length = extended ? -1 : this.contentLength;
		if (this.malformed || (end && length > 0) || isDifferentHost() || !this.pseudo.begin(head, this.host)) {
			return false;
		}
		head.frame(length, false, extended || length > 0 || (length < 0 && !end));
		return true;
	}

	private boolean isDifferentHost() {
		return this.pseudo.isOtherThan(this.host) && !isTooLarge();
	}

	/**
	 * Take the head of a response that has been read.
	 * @param head the head, whose fields were read into
	 * @param end whether its stream ended with it
	 * @return whether it is well-formed and within the limits
	 */
	boolean finish(ResponseHead head, boolean end) {
		int status = this.pseudo.status();
		boolean interim = status < 200;
		if (this.malformed || status == 0 || (interim && end) || rejection() != null) {
			return false;
		}
		head.beginWithFields(HttpVersion.HTTP_2, status, "");
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
		return this.pseudo.isPathVisible() ? null : Rejection.TARGET;
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
