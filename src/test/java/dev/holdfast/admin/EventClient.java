package dev.holdfast.admin;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/**
 * A client of the event stream, as a browser's {@code EventSource} reads it.
 */
final class EventClient implements AutoCloseable {

	private static final JsonMapper JSON = JsonMapper.builder().build();

	private final HttpResponse<InputStream> response;

	private final BufferedReader reader;

	private EventClient(HttpResponse<InputStream> response) {
		this.response = response;
		this.reader = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
	}

	static EventClient open(HttpClient client, URI uri, String... headers) {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri).header("Accept", "text/event-stream");
		if (headers.length > 0) {
			request.headers(headers);
		}
		try {
			return new EventClient(client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream()));
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	HttpResponse<InputStream> response() {
		return this.response;
	}

	/**
	 * Reads the next event, comments as well.
	 * @return the event, {@code null} at the stream's end
	 */
	@Nullable Event next() {
		long id = -1;
		String name = "";
		String data = "";
		try {
			for (String line = this.reader.readLine(); line != null; line = this.reader.readLine()) {
				if (line.isEmpty()) {
					return new Event(id, name, JSON.readTree(data));
				}
				int colon = line.indexOf(':');
				String value = line.substring(colon + 1).strip();
				switch (line.substring(0, colon)) {
					case "id" -> id = Long.parseLong(value);
					case "event" -> name = value;
					case "data" -> data = value;
					default -> name = line;
				}
			}
			return null;
		}
		catch (IOException ex) {
			return null;
		}
	}

	/**
	 * Reads on to an event.
	 * @param name its name
	 * @return the event
	 */
	Event next(String name) {
		Event event = next();
		while (event != null && !event.name().equals(name)) {
			event = next();
		}
		if (event == null) {
			throw new IllegalStateException("the stream ended (expected: the event %s)".formatted(name));
		}
		return event;
	}

	@Override
	public void close() {
		try {
			this.response.body().close();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	/**
	 * One event.
	 *
	 * @param id its id, -1 when it has none
	 * @param name its name, or the comment
	 * @param data what it tells
	 */
	record Event(long id, String name, JsonNode data) {
	}

}
