package dev.holdfast.admin;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Events that are sent together, written once for all clients as server-sent events.
 */
final class EventFrame {

	private final long first;

	private final byte[] text;

	/** Where each event begins. */
	private final int[] starts;

	private EventFrame(long first, byte[] text, int[] starts) {
		this.first = first;
		this.text = text;
		this.starts = starts;
	}

	/**
	 * The id of the event before its first one.
	 */
	long before() {
		return this.first - 1;
	}

	/**
	 * The id of its last event.
	 */
	long last() {
		return this.first + this.starts.length - 1;
	}

	/**
	 * How much memory it holds, in bytes.
	 */
	int size() {
		return this.text.length + this.starts.length * Integer.BYTES;
	}

	/**
	 * Writes the events behind one.
	 * @param id that one's id
	 */
	void writeTo(OutputStream output, long id) throws IOException {
		int from = (id < this.first) ? 0 : this.starts[(int) (id - this.first) + 1];
		output.write(this.text, from, this.text.length - from);
	}

	/**
	 * Puts a frame together.
	 */
	static final class Builder {

		private final ObjectMapper mapper;

		private final long first;

		private final int limit;

		private final ByteArrayOutputStream text = new ByteArrayOutputStream();

		private final List<Integer> starts = new ArrayList<>();

		/**
		 * Creates an empty one.
		 * @param first the id of its first event
		 * @param limit the size in bytes beyond which nothing is added
		 */
		Builder(ObjectMapper mapper, long first, int limit) {
			this.mapper = mapper;
			this.first = first;
			this.limit = limit;
		}

		boolean isEmpty() {
			return this.starts.isEmpty();
		}

		boolean isFull() {
			return this.text.size() > this.limit;
		}

		Builder add(String name, Object data) {
			if (!isFull()) {
				this.text.writeBytes(event(this.mapper, this.first + this.starts.size(), name, data));
				this.starts.add(this.text.size());
			}
			return this;
		}

		EventFrame build() {
			int[] starts = new int[this.starts.size()];
			for (int i = 1; i < starts.length; i++) {
				starts[i] = this.starts.get(i - 1);
			}
			return new EventFrame(this.first, this.text.toByteArray(), starts);
		}

	}

	/**
	 * Writes one event; JSON has no line ends of its own.
	 */
	static byte[] event(ObjectMapper mapper, long id, String name, Object data) {
		try {
			return "id: %d\nevent: %s\ndata: %s\n\n".formatted(id, name, mapper.writeValueAsString(data))
				.getBytes(StandardCharsets.UTF_8);
		}
		catch (JsonProcessingException ex) {
			throw new IllegalStateException("no JSON of " + data, ex);
		}
	}

}
