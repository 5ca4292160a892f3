package dev.holdfast.service;

import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class RedactionTests {

	@ParameterizedTest
	@ValueSource(strings = { "password", "DB_PASSWORD", "dbPasswd", "api-key", "apiKey", "X-Api-Key", "token",
			"accessToken", "client_secret", "private-key", "Authorization", "cookie", "credentials", "aws.access-key",
			"encryptionKey", "key", "auth", "X-Auth", "basic-auth", "dbAuth", "authMode", "DB_AUTH", "session",
			"session-id", "jwt", "userJwt", "otp", "dsn", "DB_DSN", "dbDSN", "connectionString", "connection-string",
			"db.pass" })
	void aNameOfASecretHidesItsValue(String name) {
		assertThat(Redaction.value(name, "s3cret")).isEqualTo("******");
	}

	@ParameterizedTest
	@ValueSource(strings = { "team", "region", "version", "keyboard", "monkey", "author", "AUTHOR", "zone", "protocol",
			"hotpath", "authority", "bypass", "passive", "sessions" })
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

	@ParameterizedTest
	@CsvSource(quoteCharacter = '`', delimiter = '|', textBlock = """
			http://u:p@ss@word@db:5432/x           | http://******@db:5432/x
			{"url":"http://h:80","mail":"a@b"}     | {"url":"http://h:80","mail":"a@b"}
			postgres://db/x?user=a&password=s3cret&ssl=1 | postgres://db/x?user=a&password=******&ssl=1
			/a?token=s3cret                        | /a?token=******
			/a?x=1&Access-Token=s3cret#f           | /a?x=1&Access-Token=******#f
			Server=db;Pwd=s3cret;Encrypt=1         | Server=db;Pwd=******;Encrypt=1
			{"host":"h","password":"s3\\"cret","a":1} | {"host":"h","password":"******","a":1}
			{"host":"h","token" : s3cret, "a":1}   | {"host":"h","token" : ******, "a":1}
			{"host":"h","token":"s3cr              | {"host":"h","token":"******
			{host: h, token: s3cret}               | {host: h, token: ******}
			{'secret':'s3cret'}                    | {'secret':'******'}
			{"host":"h","password":"s3"cret","a":1} | {"host":"h","password":"******","a":1}
			"{\\"secret\\":\\"s3cret\\",\\"a\\":1}" | "{\\"secret\\":\\"******\\",\\"a\\":1}"
			{"a":1,"auth":{"x":["s3cret"]},"b":2}  | {"a":1,"auth":******
			{"pin":7,"otp":123456}                 | {"pin":7,"otp":******}
			key: "/services/a" (expected: a number) | key: "/services/a" (expected: a number)
			{"zone":"a","empty":"","token":""}     | {"zone":"a","empty":"","token":"******"}
			""")
	void secretsAreHiddenInTextsByTheirNames(String text, String shown) {
		assertThat(Redaction.text(text)).isEqualTo(shown);
		assertThat(Redaction.text(shown)).isEqualTo(shown);
	}

	@Test
	void aLongTextIsLookedThroughOnce() {
		String text = "{\"a\":\"" + "\\\"x=".repeat(200_000) + "\",\"token\":\"" + "\\\"".repeat(200_000) + "\"}";
		assertThat(Redaction.text(text)).endsWith("\"token\":\"******\"}");
	}

	@Test
	void valuesWithoutSecretsAreTheSameObject() {
		Map<String, String> plain = Map.of("team", "blue");
		assertThat(Redaction.values(plain)).isSameAs(plain);
		assertThat(Redaction.values(Map.of("team", "blue", "token", "abc"))).containsEntry("token", "******")
			.containsEntry("team", "blue");
	}

}
