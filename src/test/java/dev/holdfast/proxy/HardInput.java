package dev.holdfast.proxy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A row of the hard inputs: what a client sends and what must become of it.
 *
 * @param name what it is, unique
 * @param bytes what is sent, a character a byte
 * @param statuses the one of these that is answered before the connection is closed;
 * empty when the request is accepted
 * @param requests the requests that a backend gets to see, each as
 * {@link ReferenceReader.Request#summary} has it
 * @param absent what no backend may get to see in a request's fields
 */
public record HardInput(String name, String bytes, Set<Integer> statuses, List<String> requests, List<String> absent) {

	private static final String HOST = "Host: gateway.test\r\n";

	/**
	 * Malformed: answered with 400.
	 */
	public static HardInput rejected(String name, String bytes) {
		return rejected(name, bytes, 400);
	}

	public static HardInput rejected(String name, String bytes, Integer... statuses) {
		return new HardInput(name, bytes, Set.of(statuses), List.of(), List.of());
	}

	public static HardInput accepted(String name, String bytes, String... requests) {
		return new HardInput(name, bytes, Set.of(), List.of(requests), List.of());
	}

	HardInput without(String... absent) {
		return new HardInput(this.name, this.bytes, this.statuses, this.requests, Arrays.asList(absent));
	}

	/**
	 * The same behind good requests.
	 */
	HardInput after(String... requests) {
		return new HardInput(this.name, this.bytes, this.statuses, List.of(requests), this.absent);
	}

	/**
	 * A GET with a Host and more lines.
	 */
	public static String get(String lines) {
		return "GET /orders/a HTTP/1.1\r\n" + HOST + lines + "\r\n";
	}

	/**
	 * A POST with a Host, more lines, and what follows its head.
	 */
	public static String post(String lines, String body) {
		return "POST /orders/a HTTP/1.1\r\n" + HOST + lines + "\r\n" + body;
	}

	/**
	 * A POST in chunks.
	 */
	public static String chunked(String body) {
		return post("Transfer-Encoding: chunked\r\n", body);
	}

	/**
	 * A GET of a target.
	 */
	public static String target(String target) {
		return "GET " + target + " HTTP/1.1\r\n" + HOST + "\r\n";
	}

	public boolean isAccepted() {
		return this.statuses.isEmpty();
	}

	@Override
	public String toString() {
		return this.name;
	}

}
