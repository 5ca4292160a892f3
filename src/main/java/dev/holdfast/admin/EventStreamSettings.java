package dev.holdfast.admin;

import java.time.Duration;

/**
 * How events are streamed.
 *
 * @param maxStreams how many clients are served at a time
 * @param heartbeat after which time without an event a client is sent a comment
 * @param replayBytes how many bytes of past events are kept
 * @param maxFrameBytes how many bytes may be sent together; when more has changed,
 * clients are told to start anew
 */
public record EventStreamSettings(int maxStreams, Duration heartbeat, int replayBytes, int maxFrameBytes) {

	/**
	 * Takes the defaults for all but the number of clients.
	 * @param maxStreams how many clients are served at a time
	 */
	public EventStreamSettings(int maxStreams) {
		this(maxStreams, Duration.ofSeconds(15), 16 * 1024 * 1024, 1024 * 1024);
	}

}
