package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Judges the frames that a peer sends by the state of their streams and of the connection
 * (RFC 9113, section 5.1), and brings them there. What only a client or only an instance
 * may begin is left to the two kinds of it.
 */
abstract class ReceivedFrames implements FrameReader.Frames {

	private static final int MOST_EMPTY_FRAMES = 2;

	private static final int MOST_UNREAD = 1000;

	private final StreamLinks links;

	private final PeerSettings settings;

	private final HeadReader heads;

	private final FloodGuard guard;

	private final Http2Connection.Listener listener;

	private int emptyFrames;

	ReceivedFrames(StreamLinks links, PeerSettings settings, HeadReader heads, FloodGuard guard,
			Http2Connection.Listener listener) {
		this.links = links;
		this.settings = settings;
		this.heads = heads;
		this.guard = guard;
		this.listener = listener;
	}

	final StreamLinks links() {
		return this.links;
	}

	final HeadReader heads() {
		return this.heads;
	}

	final Http2Connection.Listener listener() {
		return this.listener;
	}

	/**
	 * Whether nobody has opened a stream yet.
	 */
	abstract boolean isIdle(int stream);

	/**
	 * Whether a stream is one that the peer began behind a GOAWAY, which is not looked
	 * at.
	 */
	abstract boolean isLate(int stream);

	/**
	 * Take a head on a stream that is not open.
	 */
	abstract void onHeadersOfOther(int stream, byte[] block, int length, boolean end) throws Http2ViolationException;

	/**
	 * Take some of a body on a stream that has ended.
	 */
	abstract void onDataOfClosed(int stream) throws Http2ViolationException;

	@Override
	public void onData(int id, ByteBuf in, int start, int length, int size, boolean end)
			throws Http2ViolationException {
		checkEmpty(length == 0 && !end);
		FlowControl flow = this.links.flow();
		if (!flow.receive(size)) {
			throw new Http2ViolationException(ErrorCode.FLOW_CONTROL_ERROR, "DATA: beyond the connection's window");
		}
		StreamState stream = this.links.table().get(id);
		if (stream != null && !stream.isInputEnded()) {
			long error = stream.receive(in, start, length, size, end);
			if (error != ErrorCode.NO_ERROR) {
				flow.take(size);
				onStreamError(id, error);
			}
			return;
		}
		flow.take(size);
		if (stream != null) {
			onStreamError(id, ErrorCode.STREAM_CLOSED);
		}
		else if (!isLate(id)) {
			requireOpened(id, "DATA");
			if (!this.links.table().closed().wasReset(id)) {
				onDataOfClosed(id);
			}
		}
	}

	private void checkEmpty(boolean empty) throws Http2ViolationException {
		this.emptyFrames = empty ? this.emptyFrames + 1 : 0;
		if (this.emptyFrames > MOST_EMPTY_FRAMES) {
			throw new Http2ViolationException(Flood.EMPTY_FRAMES);
		}
	}

	private void requireOpened(int id, String frame) throws Http2ViolationException {
		if (isIdle(id)) {
			throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, frame + ": of a stream that is not open");
		}
	}

	@Override
	public void onHeaders(int id, byte[] block, int length, boolean end) throws Http2ViolationException {
		StreamState stream = this.links.table().get(id);
		if (stream == null) {
			onHeadersOfOther(id, block, length, end);
			return;
		}
		if (stream.isInputEnded()) {
			this.heads.skip(block, length);
			onStreamError(id, ErrorCode.STREAM_CLOSED);
			return;
		}
		ResponseHead head = stream.expectedHead();
		if (head != null) {
			boolean sound = this.heads.read(block, length, head, end);
			if (!sound || !stream.receiveHead(head, end)) {
				onStreamError(id, ErrorCode.PROTOCOL_ERROR);
			}
			return;
		}
		HeaderFields trailers = this.heads.readTrailers(block, length);
		long error = (trailers != null && end) ? stream.receive(trailers) : ErrorCode.PROTOCOL_ERROR;
		if (error != ErrorCode.NO_ERROR) {
			onStreamError(id, error);
		}
	}

	@Override
	public void onReset(int id, long code) throws Http2ViolationException {
		if (!isLate(id)) {
			requireOpened(id, "RST_STREAM");
		}
		StreamState stream = this.links.table().get(id);
		if (stream != null) {
			stream.onReset(code);
		}
		this.guard.onPeerReset();
	}

	@Override
	public void onSetting(int name, long value) throws Http2ViolationException {
		this.settings.set(name, value);
	}

	@Override
	public void onSettingsEnd() throws Http2ViolationException {
		int change = this.settings.initialWindow() - this.links.flow().initialSendWindow();
		if (change != 0) {
			this.links.flow().initialSendWindow(this.settings.initialWindow());
			for (StreamState stream : this.links.table().all()) {
				if (!stream.allow(change)) {
					throw new Http2ViolationException(ErrorCode.FLOW_CONTROL_ERROR, "SETTINGS: window overflows");
				}
			}
		}
		this.links.writer().encoder().resize(this.settings.headerTableSize());
		checkUnread();
		this.links.writer().settingsAcknowledgement();
		if (this.settings.complete()) {
			this.listener.onSettings();
		}
		else {
			this.listener.onStreamsAllowed();
		}
	}

	private void checkUnread() throws Http2ViolationException {
		if (this.links.writer().output().countUnread() > MOST_UNREAD) {
			throw new Http2ViolationException(Flood.CONTROL_FRAMES);
		}
	}

	@Override
	public void onPing(long content) throws Http2ViolationException {
		checkUnread();
		this.links.writer().pong(content);
	}

	@Override
	public void onWindowUpdate(int id, int bytes) throws Http2ViolationException {
		if (id == 0) {
			if (bytes == 0) {
				throw new Http2ViolationException(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE: of nothing");
			}
			if (!this.links.flow().allow(bytes)) {
				throw new Http2ViolationException(ErrorCode.FLOW_CONTROL_ERROR, "WINDOW_UPDATE: window overflows");
			}
			return;
		}
		if (!isLate(id)) {
			requireOpened(id, "WINDOW_UPDATE");
		}
		StreamState stream = this.links.table().get(id);
		if (stream != null) {
			if (bytes == 0) {
				onStreamError(id, ErrorCode.PROTOCOL_ERROR);
			}
			else if (!stream.allow(bytes)) {
				onStreamError(id, ErrorCode.FLOW_CONTROL_ERROR);
			}
		}
	}

	@Override
	public final void onStreamError(int id, long code) throws Http2ViolationException {
		StreamState stream = this.links.table().get(id);
		if (stream != null) {
			stream.fail(code);
		}
		else {
			this.links.writer().reset(id, code);
		}
		this.guard.onProvokedReset();
	}

	/**
	 * Return the stream of an identifier, {@code null} when it is not open.
	 */
	final @Nullable StreamState find(int id) {
		return this.links.table().get(id);
	}

}
