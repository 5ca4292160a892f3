package dev.holdfast.proxy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that are sent to the instance that others with the same key are sent to.
 */
class KeyedRequestsTests {

	private static final int USERS = 20;

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			header:X-User | /orders/ | x-user: user-%d
			cookie:sid    | /orders/ | Cookie: theme=dark; sid=user-%d; sid=other
			path          | /orders/user-%d?any | X-Any: any
			client        | /orders/ | X-Forwarded-For: 192.0.2.%d, 10.0.0.1
			""")
	void requestsOfAUserGoToOneInstanceAndTheUsersToAll(String hashOn, String target, String field) throws IOException {
		try (ScriptedBackend one = ScriptedBackend.answering(OK);
				ScriptedBackend two = ScriptedBackend.answering(OK);
				ScriptedBackend three = ScriptedBackend.answering(OK);
				Gateway gateway = Gateway.keyed(hashOn, one.port(), two.port(), three.port());
				RawClient client = gateway.client()) {
			List<ScriptedBackend> backends = List.of(one, two, three);
			Set<ScriptedBackend> used = new HashSet<>();
			for (int user = 0; user < USERS; user++) {
				Set<ScriptedBackend> asked = new HashSet<>();
				for (int i = 0; i < 5; i++) {
					asked.add(ask(client, backends,
							"GET %s HTTP/1.1\r\nHost: gateway.test\r\n%s\r\n\r\n".formatted(target, field)
								.replace("%d", String.valueOf(user))));
				}
				assertThat(asked).as("user %d", user).hasSize(1);
				used.addAll(asked);
			}
			assertThat(used).containsExactlyInAnyOrderElementsOf(backends);
		}
	}

	@Test
	void requestsWithoutTheKeyAreSpread() throws IOException {
		try (ScriptedBackend one = ScriptedBackend.answering(OK);
				ScriptedBackend two = ScriptedBackend.answering(OK);
				Gateway gateway = Gateway.keyed("cookie:sid", one.port(), two.port());
				RawClient client = gateway.client()) {
			Set<ScriptedBackend> used = new HashSet<>();
			for (int i = 0; i < 50; i++) {
				used.add(ask(client, List.of(one, two),
						"GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nCookie: asid=1; sid=\r\n\r\n"));
			}
			assertThat(used).hasSize(2);
		}
	}

	private static ScriptedBackend ask(RawClient client, List<ScriptedBackend> backends, String request)
			throws IOException {
		List<Integer> before = backends.stream().map((backend) -> backend.heads().size()).toList();
		client.send(request);
		assertThat(client.answer().status()).isEqualTo(200);
		for (int i = 0; i < backends.size(); i++) {
			if (backends.get(i).heads().size() > before.get(i)) {
				return backends.get(i);
			}
		}
		throw new AssertionError("no backend was asked");
	}

}
