package dev.holdfast.proxy.http2;

/**
 * What this side begins a connection with (RFC 9113, section 3.4): its settings and the
 * connection's window.
 */
final class OwnSettings {

	private OwnSettings() {
	}

	static void writeToClient(FrameWriter writer, Http2Limits limits) {
		writer.settings(SettingName.MAX_CONCURRENT_STREAMS, limits.maxStreams(), SettingName.INITIAL_WINDOW_SIZE,
				limits.streamWindow(), SettingName.MAX_HEADER_LIST_SIZE, limits.maxHeaderSize(),
				SettingName.ENABLE_CONNECT_PROTOCOL, 1);
		writeWindow(writer, limits);
	}

	static void writeToInstance(FrameWriter writer, Http2Limits limits) {
		writer.preface();
		writer.settings(SettingName.ENABLE_PUSH, 0, SettingName.INITIAL_WINDOW_SIZE, limits.streamWindow(),
				SettingName.MAX_HEADER_LIST_SIZE, limits.maxHeaderSize());
		writeWindow(writer, limits);
	}

	private static void writeWindow(FrameWriter writer, Http2Limits limits) {
		int more = limits.connectionWindow() - FlowControl.INITIAL;
		if (more > 0) {
			writer.windowUpdate(0, more);
		}
	}

}
