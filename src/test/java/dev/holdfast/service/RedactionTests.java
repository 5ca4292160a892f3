package dev.holdfast.service;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RedactionTests {

	@ParameterizedTest
	@ValueSource(strings = { "password", "DB_PASSWORD", "dbPasswd", "api-key", "apiKey", "X-Api-Key", "token",
			"accessToken", "client_secret", "private-key", "Authorization", "cookie", "credentials", "aws.access-key",
			"encryptionKey", "key", "auth" })
	void aNameOfASecretHidesItsValue(String name) {
		assertThat(Redaction.value(name, "s3cret")).isEqualTo("******");
	}

	@ParameterizedTest
	@ValueSource(strings = { "team", "region", "version", "keyboard", "monkey", "author", "zone", "protocol" })
	void anotherNameDoesNot(String name) {
		assertThat(Redaction.value(name, "blue")).isEqualTo("blue");
	}

	@Test
	void theUserOfAUrlIsHiddenWhateverTheName() {
		assertThat(Redaction.value("database", "postgres://app:s3cret@db:5432/orders?x=a@b"))
			.isEqualTo("postgres://******@db:5432/orders?x=a@b");
		assertThat(Redaction.text("listing at http://u:p@etcd:2379 failed, see https://example.org/a@b"))
			.isEqualTo("listing at http://******@etcd:2379 failed, see https://example.org/a@b");
	}

	@Test
	void valuesWithoutSecretsAreTheSameObject() {
		Map<String, String> plain = Map.of("team", "blue");
		assertThat(Redaction.values(plain)).isSameAs(plain);
		assertThat(Redaction.values(Map.of("team", "blue", "token", "abc"))).containsEntry("token", "******")
			.containsEntry("team", "blue");
	}

}
