package dev.holdfast.proxy.http2;

/**
 * HTTP/2's error codes (RFC 9113, section 7).
 */
public final class ErrorCode {

	/** An end that is nobody's fault. */
	public static final long NO_ERROR = 0x0;

	public static final long PROTOCOL_ERROR = 0x1;

	public static final long INTERNAL_ERROR = 0x2;

	public static final long FLOW_CONTROL_ERROR = 0x3;

	/** A frame came when the stream had ended. */
	public static final long STREAM_CLOSED = 0x5;

	public static final long FRAME_SIZE_ERROR = 0x6;

	/** Nothing has been done yet, so that the request may be sent again. */
	public static final long REFUSED_STREAM = 0x7;

	/** The stream is not needed any more. */
	public static final long CANCEL = 0x8;

	public static final long COMPRESSION_ERROR = 0x9;

	public static final long ENHANCE_YOUR_CALM = 0xb;

	private ErrorCode() {
	}

}
