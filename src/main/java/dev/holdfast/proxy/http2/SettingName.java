package dev.holdfast.proxy.http2;

/**
 * HTTP/2's settings (RFC 9113, section 6.5.2; RFC 8441, section 3).
 */
final class SettingName {

	static final int HEADER_TABLE_SIZE = 0x1;

	static final int ENABLE_PUSH = 0x2;

	static final int MAX_CONCURRENT_STREAMS = 0x3;

	static final int INITIAL_WINDOW_SIZE = 0x4;

	static final int MAX_FRAME_SIZE = 0x5;

	static final int MAX_HEADER_LIST_SIZE = 0x6;

	static final int ENABLE_CONNECT_PROTOCOL = 0x8;

	private SettingName() {
	}

}
