package dev.holdfast.accesslog;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Scheme;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class LineFormatTests {

	private static final Pattern COMMON = Pattern.compile(
			"(\\S+) (\\S+) (\\S+) \\[([^\\]]+)\\] \"([^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+)\" (\\d{3}) (\\d+|-)(.*)\n");

	/** Half a second before that the request came. */
	private static final long END = 1_700_000_000_500L;

	@Test
	void jsonHasWhatOperatorsAskOf() {
		AccessLogEntry entry = entry("GET", "/orders/v1?token=secret", "abc", instance(Origin.LIST));
		assertThat(write(AccessLogFormat.JSON, false, entry)).isEqualTo("""
				{"time":"2023-11-14T22:13:20.000Z","clientAddress":"10.0.0.9","method":"GET","path":"/orders/v1",\
				"protocol":"HTTP/1.1","host":"gateway.test","status":200,"requestBytes":3,"responseBytes":1234,\
				"durationSeconds":0.500000,"upstreamSeconds":0.000040,"tries":2,"route":"by-path","service":"orders",\
				"instance":"o1","endpoint":"http://10.0.0.5:8080","endpointState":"LIVE","requestId":"abc"}
				""");
	}

	@Test
	void commonLogFormatIsReadByWhatReadsIt() {
		Matcher line = COMMON.matcher(write(AccessLogFormat.COMMON, false,
				entry("GET", "/orders/v1?token=secret", "abc", instance(Origin.DISK))));
		assertThat(line.matches()).isTrue();
		assertThat(line.group(1)).isEqualTo("10.0.0.9");
		assertThat(line.group(4)).isEqualTo("14/Nov/2023:22:13:20 +0000");
		assertThat(line.group(5)).isEqualTo("GET /orders/v1 HTTP/1.1");
		assertThat(line.group(6)).isEqualTo("200");
		assertThat(line.group(7)).isEqualTo("1234");
		assertThat(line.group(8))
			.isEqualTo(" host=\"gateway.test\" route=\"by-path\" service=\"orders\" instance=\"o1\""
					+ " endpoint=\"http://10.0.0.5:8080\" endpoint_state=\"FROM_DISK\" tries=2 duration=0.500000"
					+ " upstream=0.000040 request_bytes=3 error=\"-\" request_id=\"abc\"");
	}

	@Test
	void clientThatMadeNoRequestHasALineWithoutOne() throws IOException {
		AccessLogEntry entry = AccessLogEntry.turnedAway("10.0.0.9", GatewayError.HEADER_TIMEOUT, END);
		assertThat(write(AccessLogFormat.COMMON, true, entry))
			.startsWith("10.0.0.9 - - [14/Nov/2023:22:13:20 +0000] \"-\" 408 - ")
			.contains(" error=\"header-timeout\" ");
		JsonNode line = json(entry);
		assertThat(line.get("errorCode").asText()).isEqualTo("header-timeout");
		assertThat(line.has("method")).isFalse();
		assertThat(line.has("endpointState")).isFalse();
	}

	@ParameterizedTest
	@EnumSource(AccessLogFormat.class)
	void nothingThatClientsSendEndsALineOrAField(AccessLogFormat format) {
		StringBuilder hostile = new StringBuilder("\" 200 1\r\n10.0.0.1 - - \"},{\"status\":500,\\u0022\\");
		for (char c = 0; c < 0x180; c++) {
			hostile.append(c);
		}
		hostile.append("\u2028\u2029\u202e\ud800\uffff\\");
		String text = hostile.toString();
		String line = write(format, true, entry(text, "/" + text, text, instance(Origin.LIST)));
		assertThat(line).endsWith("\n");
		assertThat(line.substring(0, line.length() - 1)).matches("[ -~]+");
		if (format == AccessLogFormat.COMMON) {
			Matcher matcher = COMMON.matcher(line);
			assertThat(matcher.matches()).isTrue();
			assertThat(matcher.group(6)).isEqualTo("200");
			assertThat(matcher.group(7)).isEqualTo("1234");
		}
	}

	@Test
	void jsonGivesBackWhatClientsSent() throws IOException {
		String text = "\"\\\r\n\t\0\u007f\u00e4\u2028\ud83d\ude00";
		JsonNode line = json(entry(text, "/" + text, text, null));
		assertThat(line.get("method").asText()).isEqualTo(text);
		assertThat(line.get("path").asText()).isEqualTo("/" + text);
		assertThat(line.get("requestId").asText()).isEqualTo(text);
	}

	@ParameterizedTest
	@CsvSource({ "/a/b?token=x, /a/b, ?token=x", "/a#token=x, /a, ''", "/a?x=1#token=x, /a, ?x=1",
			"http://user:secret@host/a?b, /a, ?b", "http://user:secret@host, '', ''",
			"user:secret@host:443, host:443, ''", "x?next=https://h/secret, x, ?next=https://h/secret",
			"host:443, host:443, ''", "*, *, ''", "'', '', ''", "?token=x, '', ?token=x",
			"//user:pw@host/a, //user:pw@host/a, ''" })
	void passwordsAndQueriesAreNotInThePath(String target, String path, String query) {
		assertThat(LoggedTarget.of(target)).isEqualTo(new LoggedTarget(path, query));
	}

	@ParameterizedTest
	@EnumSource(AccessLogFormat.class)
	void queryIsThereForWhoAsksForIt(AccessLogFormat format) {
		AccessLogEntry entry = entry("GET", "/orders?x=1", "abc", null);
		assertThat(write(format, true, entry)).contains("?x=1");
		assertThat(write(format, false, entry)).doesNotContain("x=1");
	}

	@Test
	void endpointIsStaleWhileTheRegistryIsNotLive() {
		assertThat(EndpointState.of(instance(Origin.WATCH), new RegistryStatus.Empty("no etcd")))
			.isEqualTo(EndpointState.STALE);
		assertThat(EndpointState.of(instance(Origin.DISK), new RegistryStatus.Empty("no etcd")))
			.isEqualTo(EndpointState.FROM_DISK);
	}

	private static JsonNode json(AccessLogEntry entry) throws IOException {
		return new ObjectMapper().readTree(write(AccessLogFormat.JSON, false, entry));
	}

	private static String write(AccessLogFormat format, boolean query, AccessLogEntry entry) {
		StringBuilder line = new StringBuilder();
		format.lines(query).write(entry, line);
		return line.toString();
	}

	private static AccessLogEntry entry(String method, String target, String id, @Nullable Instance instance) {
		EndpointState state = null;
		if (instance != null) {
			state = (instance.registration().origin() == Origin.DISK) ? EndpointState.FROM_DISK : EndpointState.LIVE;
		}
		return new AccessLogEntry(END, "10.0.0.9", method, target, "HTTP/1.1", "gateway.test", id, 200, "", 3, 1234,
				500_000_000, 40_000, 2, "by-path", "orders", instance, state);
	}

	private static Instance instance(Origin origin) {
		return new Instance("o1", new Endpoint(Scheme.HTTP, "10.0.0.5", 8080), 100, "", "", Map.of(),
				new Registration("/services/orders/o1", "plain", 1, 1, 0, origin));
	}

}
