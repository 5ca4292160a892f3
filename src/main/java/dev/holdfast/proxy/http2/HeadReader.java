package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http2.FieldReader.Section;
import org.jspecify.annotations.Nullable;

/**
 * Reads heads and trailers out of a connection's blocks.
 */
final class HeadReader {

	private final HpackDecoder decoder = new HpackDecoder();

	private final FieldReader fields;

	/** Used for all, one after the other. */
	private @Nullable HeaderFields trailers;

	HeadReader(Http2Limits limits) {
		this.fields = new FieldReader(limits);
	}

	/**
	 * Read a block for the sake of the table alone.
	 */
	void skip(byte[] block, int length) throws Http2ViolationException {
		this.fields.begin(Section.IGNORED, HeaderFields.NONE);
		this.decoder.decode(block, 0, length, this.fields);
	}

	/**
	 * Read the head of a request.
	 * @return whether it is well-formed
	 */
	boolean read(byte[] block, int length, RequestHead head, boolean end) throws Http2ViolationException {
		this.fields.begin(Section.REQUEST, head.fields());
		this.decoder.decode(block, 0, length, this.fields);
		return this.fields.finish(head, end);
	}

	/**
	 * Return why the request that was read last is turned away, {@code null} when it is
	 * not.
	 */
	@Nullable Rejection rejection() {
		return this.fields.rejection();
	}

	/**
	 * Read the head of a response.
	 * @return whether it is well-formed and within the limits
	 */
	boolean read(byte[] block, int length, ResponseHead head, boolean end) throws Http2ViolationException {
		this.fields.begin(Section.RESPONSE, head.fields());
		this.decoder.decode(block, 0, length, this.fields);
		return this.fields.finish(head, end);
	}

	/**
	 * Read trailers.
	 * @return the trailers, valid until the next ones are read; {@code null} when they
	 * are malformed or too large
	 */
	@Nullable HeaderFields readTrailers(byte[] block, int length) throws Http2ViolationException {
		HeaderFields trailers = this.trailers;
		if (trailers == null) {
			trailers = new HeaderFields();
			this.trailers = trailers;
		}
		this.fields.begin(Section.TRAILERS, trailers);
		this.decoder.decode(block, 0, length, this.fields);
		return this.fields.isSound() ? trailers : null;
	}

}
