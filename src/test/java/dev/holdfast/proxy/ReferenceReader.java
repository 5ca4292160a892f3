package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads requests by the letter of RFC 9112, slowly and with nothing in common with the
 * gateway's own decoder. What it does not accept, no backend must ever see.
 */
final class ReferenceReader {

	private static final String TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

	private static final Pattern REQUEST_LINE = Pattern.compile("(" + TOKEN + ") ([\\x21-\\x7e]+) HTTP/1\\.1");

	private static final Pattern FIELD = Pattern
		.compile("(" + TOKEN + "):[ \\t]*((?:[\\x21-\\x7e\\x80-\\xff](?:[\\t\\x20-\\x7e\\x80-\\xff]*"
				+ "[\\x21-\\x7e\\x80-\\xff])?)?)[ \\t]*");

	private static final Pattern ESCAPE = Pattern.compile("%([0-9A-F]{2})");

	private static final Pattern BAD_ESCAPE = Pattern.compile("%(?![0-9A-F]{2})");

	private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,15})");

	private final String bytes;

	private int position;

	private ReferenceReader(String bytes) {
		this.bytes = bytes;
	}

	/**
	 * Reads as many requests as there are.
	 * @param bytes what a connection has brought, a character a byte
	 */
	static Reading read(String bytes) {
		ReferenceReader reader = new ReferenceReader(bytes);
		List<Request> requests = new ArrayList<>();
		int end = 0;
		try {
			while (end < bytes.length()) {
				requests.add(reader.request());
				end = reader.position;
			}
		}
		catch (Incomplete ex) {
			return new Reading(requests, bytes.substring(end), "");
		}
		catch (IllegalArgumentException ex) {
			return new Reading(requests, bytes.substring(end), String.valueOf(ex.getMessage()));
		}
		return new Reading(requests, "", "");
	}

	private Request request() {
		Matcher line = match(REQUEST_LINE, line());
		checkPath(line.group(2).split("\\?", 2)[0]);
		List<String> fields = fields();
		List<String> lengths = values(fields, "content-length");
		List<String> codings = values(fields, "transfer-encoding");
		check(values(fields, "host").size() == 1, "one Host");
		check(lengths.size() + codings.size() <= 1, "one framing");
		StringBuilder body = new StringBuilder();
		List<String> trailers = List.of();
		if (!codings.isEmpty()) {
			check(codings.getFirst().equals("chunked"), codings.getFirst());
			for (int size = chunkSize(); size > 0; size = chunkSize()) {
				body.append(take(size));
				check(take(2).equals("\r\n"), "end of chunk");
			}
			trailers = fields();
		}
		else if (!lengths.isEmpty()) {
			check(lengths.getFirst().matches("0|[1-9][0-9]{0,17}"), lengths.getFirst());
			body.append(take(Integer.parseInt(lengths.getFirst())));
		}
		return new Request(line.group(1), line.group(2), fields, body.toString(), trailers);
	}

	/**
	 * A backend that decodes the whole path before it splits it, takes a backslash for a
	 * slash and cuts parameters off must not be led anywhere else.
	 */
	private static void checkPath(String path) {
		check(path.matches("/[^#\\\\]*") && !BAD_ESCAPE.matcher(path).find(), path);
		String decoded = ESCAPE.matcher(path)
			.replaceAll((found) -> Matcher.quoteReplacement(Character.toString(Integer.parseInt(found.group(1), 16))));
		for (String segment : decoded.split("[/\\\\]", -1)) {
			String name = segment.split("[;?#]", 2)[0];
			check(!name.equals(".") && !name.equals(".."), path);
		}
	}

	private int chunkSize() {
		return Integer.parseInt(match(CHUNK, line()).group(1), 16);
	}

	private List<String> fields() {
		List<String> fields = new ArrayList<>();
		for (String line = line(); !line.isEmpty(); line = line()) {
			Matcher field = match(FIELD, line);
			fields.add(field.group(1).toLowerCase(Locale.ROOT) + ": " + field.group(2));
		}
		return fields;
	}

	static List<String> values(List<String> fields, String name) {
		return fields.stream()
			.filter((field) -> field.startsWith(name + ": "))
			.map((field) -> field.substring(name.length() + 2))
			.toList();
	}

	private String line() {
		int end = this.bytes.indexOf('\n', this.position);
		if (end < 0) {
			throw new Incomplete();
		}
		check(end > this.position && this.bytes.charAt(end - 1) == '\r', "CRLF");
		String line = this.bytes.substring(this.position, end - 1);
		this.position = end + 1;
		return line;
	}

	private String take(int length) {
		if (this.bytes.length() - this.position < length) {
			throw new Incomplete();
		}
		this.position += length;
		return this.bytes.substring(this.position - length, this.position);
	}

	private static Matcher match(Pattern pattern, String line) {
		Matcher matcher = pattern.matcher(line);
		check(matcher.matches(), line);
		return matcher;
	}

	private static void check(boolean condition, String what) {
		if (!condition) {
			throw new IllegalArgumentException(what);
		}
	}

	private static final class Incomplete extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

	/**
	 * What was read.
	 *
	 * @param requests the requests that are complete
	 * @param rest what comes behind them
	 * @param error what is wrong with the rest, empty when it may go on well
	 */
	record Reading(List<Request> requests, String rest, String error) {
	}

	/**
	 * A request.
	 *
	 * @param method its method
	 * @param target its target
	 * @param fields its fields, names in lower case
	 * @param body its body without framing
	 * @param trailers its trailer fields
	 */
	record Request(String method, String target, List<String> fields, String body, List<String> trailers) {

		/**
		 * The request on one line: method, target, and the body if there is one.
		 */
		String summary() {
			return this.method + " " + this.target + (this.body.isEmpty() ? "" : " " + this.body);
		}

	}

}
