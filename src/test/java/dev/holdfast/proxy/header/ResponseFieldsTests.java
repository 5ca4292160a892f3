package dev.holdfast.proxy.header;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class ResponseFieldsTests {

	private static ResponseHead head(HttpVersion version, int status, String... fields) {
		ResponseHead head = new ResponseHead();
		head.begin(version, status, "");
		for (String field : fields) {
			head.fields().add(field.substring(0, field.indexOf(':')), field.substring(field.indexOf(':') + 1).strip());
		}
		return head;
	}

	private static List<String> write(boolean takesUpgrade, ResponseHead received) {
		ResponseHead out = new ResponseHead();
		out.begin(HttpVersion.HTTP_1_1, received.status(), "");
		ResponseFields.write(received, takesUpgrade, out);
		return out.fields().toString().lines().toList();
	}

	@Test
	void fieldsOfTheInstancesConnectionAreNotPassedOn() {
		assertThat(write(true,
				head(HttpVersion.HTTP_1_1, 200, "Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=9",
						"Proxy-Authenticate: Basic", "Upgrade: h2c", "Via: 1.1 other", "Set-Cookie: a=1",
						"Set-Cookie: b=2", "Location: /x", "Content-Length: 0", "TE: x", "Transfer-Encoding: chunked")))
			.containsExactly("Set-Cookie: a=1", "Set-Cookie: b=2", "Location: /x", "Content-Length: 0",
					"via: 1.1 other, 1.1 holdfast");
	}

	@Test
	void responseThatCannotHaveContentAnnouncesNone() {
		assertThat(write(true, head(HttpVersion.HTTP_2, 204, "Content-Length: 5", "A: b"))).containsExactly("A: b",
				"via: 2.0 holdfast");
		assertThat(write(true, head(HttpVersion.HTTP_2, 304, "Content-Length: 5"))).contains("Content-Length: 5");
	}

	@Test
	void whatIsOfNoInterestInAResponseIsPassedOn() {
		assertThat(write(true,
				head(HttpVersion.HTTP_2, 200, "Host: a", "X-Request-Id: b", "Forwarded: c", "Client-Cert: d")))
			.containsExactly("Host: a", "X-Request-Id: b", "Forwarded: c", "Client-Cert: d", "via: 2.0 holdfast");
	}

	@Test
	void protocolThatAResponseRequiresIsNamed() {
		ResponseHead received = head(HttpVersion.HTTP_1_1, 426, "Upgrade: websocket, TLS/1.2", "Upgrade: foo",
				"Connection: Upgrade, X-Hop", "X-Hop: 1");
		assertThat(write(true, received)).containsExactly("upgrade: websocket, TLS/1.2, foo", "connection: upgrade",
				"via: 1.1 holdfast");
		assertThat(write(false, received)).containsExactly("via: 1.1 holdfast");
	}

	@Test
	void hintsAreWhatIsOrdinary() {
		ResponseHead out = new ResponseHead();
		ResponseFields.writeHints(
				head(HttpVersion.HTTP_1_1, 103, "Link: </a>", "Content-Type: b", "Connection: X", "X: c", "Via: d"),
				out);
		assertThat(out.fields()).hasToString("Link: </a>\r\n");
	}

	@Test
	void eventStreamHasNoLength() {
		ResponseHead head = head(HttpVersion.HTTP_1_1, 200, "Content-Type: Text/Event-Stream; charset=utf-8");
		assertThat(ResponseFields.isEventStream(head)).isTrue();
		head.frame(5, true);
		assertThat(ResponseFields.isEventStream(head)).isFalse();
		assertThat(ResponseFields.isEventStream(head(HttpVersion.HTTP_1_1, 200, "Content-Type: text/html"))).isFalse();
		assertThat(ResponseFields.isEventStream(head(HttpVersion.HTTP_1_1, 200))).isFalse();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			value = { "HTTP_1_1||true|-1", "HTTP_1_0||false|-1", "HTTP_1_1|Connection: close|false|-1",
					"HTTP_1_0|Connection: Keep-Alive|true|-1", "HTTP_1_0|Connection: keep-alive, x|false|-1",
					"HTTP_1_1|Connection: x, Close|false|-1", "HTTP_1_1|Connection: x|true|-1",
					"HTTP_1_1|Keep-Alive: timeout=5, max=9|true|5", "HTTP_1_1|Keep-Alive: max=9|true|-1",
					"HTTP_1_1|Keep-Alive: timeout=x|true|0", "HTTP_1_1|Keep-Alive: timeout=99999999999|true|9999999" })
	void connectionIsKeptAsTheInstanceSays(HttpVersion version, String field, boolean kept, int seconds) {
		String[] fields = (field != null) ? new String[] { field } : new String[0];
		assertThat(ConnectionPersistence.of(head(version, 200, fields)))
			.isEqualTo(new ConnectionPersistence(kept, seconds));
	}

}
