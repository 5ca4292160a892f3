package dev.holdfast.configuration;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class TrafficPortAnswersTests {

	private final TrafficPortAnswers answers = new TrafficPortAnswers(
			new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS)), TrafficLimits.DEFAULTS, "/livez",
			"/readyz");

	@ParameterizedTest
	@CsvSource(textBlock = """
			GET,     a.example.org,      /livez?x=1,    that of a probe
			PUT,     a b,                /%72eadyz,     that of a probe
			TRACE,   a.example.org,      /a,            405 method-not-allowed
			CONNECT, a.example.org,      /a,            405 method-not-allowed
			GET,     a.example.org:80a,  /a,            400 bad-request
			GET,     a.example.org:,     /a,            ''
			GET,     'a, b',             /a,            400 bad-request
			GET,     [::1]:8080,         /a,            ''
			GET,     '',                 /a,            ''
			get,     a.example.org,      /a,            ''
			GET,     a.example.org,      /a%2e%zz,      400 bad-request
			GET,     a.example.org,      '/a?b c',      400 bad-request
			""")
	void whatThePortAnswersByItselfIsToldAsItDoes(String method, String host, String target, String answer) {
		String found = this.answers.find(method, host, target, Map.of());
		if (answer.isEmpty()) {
			assertThat(found).isEmpty();
		}
		else {
			assertThat(found).contains(answer);
		}
	}

	@Test
	void headsThatAreTooLargeAreNotTaken() {
		Map<String, String> fields = new TreeMap<>();
		for (int i = 0; i < TrafficLimits.DEFAULTS.maxHeaderCount(); i++) {
			fields.put("x-" + i, "1");
		}
		assertThat(this.answers.find("GET", "", "/a", fields)).contains("431 too-many-headers");
		assertThat(this.answers.find("GET", "", "/" + "a".repeat(9000), Map.of())).contains("414 uri-too-long");
	}

}
