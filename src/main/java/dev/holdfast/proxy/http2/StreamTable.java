package dev.holdfast.proxy.http2;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import dev.holdfast.proxy.header.RequestHead;
import io.netty.util.collection.IntObjectHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a connection that are open or half closed.
 */
final class StreamTable {

	private static final int MOST_HEADS = 16;

	private final IntObjectHashMap<StreamState> open = new IntObjectHashMap<>();

	private final ClosedStreams closed = new ClosedStreams();

	/** Of streams that have ended. Used again from the next turn on. */
	private final ArrayDeque<RequestHead> heads = new ArrayDeque<>();

	private final List<RequestHead> retired = new ArrayList<>();

	private boolean shrunk;

	/**
	 * Find a stream.
	 * @param id its identifier
	 * @return the stream, {@code null} when it is not open
	 */
	@Nullable StreamState get(int id) {
		return this.open.get(id);
	}

	int size() {
		return this.open.size();
	}

	void add(StreamState stream) {
		this.open.put(stream.id(), stream);
	}

	/**
	 * Take a stream out that has ended.
	 * @param stream the stream
	 * @param ended whether the peer has ended its direction, or reset it
	 */
	void remove(StreamState stream, boolean ended) {
		if (this.open.remove(stream.id()) != null) {
			this.shrunk = true;
			if (ended) {
				this.closed.addEnded(stream.id());
			}
			else {
				this.closed.addReset(stream.id());
			}
		}
	}

	/**
	 * Return the streams that have ended.
	 */
	ClosedStreams closed() {
		return this.closed;
	}

	/**
	 * Return all streams that are open now.
	 */
	List<StreamState> all() {
		return new ArrayList<>(this.open.values());
	}

	/**
	 * Find out whether a stream has ended.
	 * @return {@code true} once after some have
	 */
	boolean hasShrunk() {
		boolean shrunk = this.shrunk;
		this.shrunk = false;
		return shrunk;
	}

	/**
	 * Return an empty head.
	 */
	RequestHead head() {
		RequestHead head = this.heads.poll();
		return (head != null) ? head : new RequestHead();
	}

	/**
	 * Give a head back whose stream has ended.
	 */
	void retire(RequestHead head) {
		if (this.retired.size() < MOST_HEADS) {
			this.retired.add(head);
		}
	}

	/**
	 * Begin the next turn of the event loop.
	 */
	void endTurn() {
		for (int i = this.retired.size() - 1; i >= 0; i--) {
			if (this.heads.size() < MOST_HEADS) {
				this.heads.add(this.retired.get(i));
			}
		}
		this.retired.clear();
	}

}
