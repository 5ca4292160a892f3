package dev.holdfast.jwt;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

import com.nimbusds.jose.jwk.JWK;
import dev.holdfast.testing.MuteServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

class HttpKeyFetchTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(20);

	private final TestIssuer issuer = new TestIssuer();

	private final HttpKeyFetch fetch = new HttpKeyFetch(this.issuer.issuer(), Optional.empty(), TIMEOUT);

	@AfterEach
	void stop() {
		this.fetch.close();
		this.issuer.close();
	}

	@Test
	void keysAreFoundByTheMetadataOfOpenIdConnect() throws Exception {
		assertThat(this.fetch.fetch().getKeys()).extracting(JWK::getKeyID).containsExactly("key-1");
		assertThat(this.issuer.asked(TestIssuer.OAUTH)).isZero();
	}

	@Test
	void keysAreFoundByTheMetadataOfAnOauth2Server() throws Exception {
		this.issuer.reply(TestIssuer.OPENID, 404, "");
		this.issuer.reply(TestIssuer.OAUTH, 200,
				TestIssuer.metadata(this.issuer.issuer(), this.issuer.issuer() + "/keys"));
		assertThat(this.fetch.fetch().getKeys()).hasSize(1);
	}

	@Test
	void keysAreFetchedFromWhereTheConfigurationSaysWithoutAskingForMetadata() throws Exception {
		try (HttpKeyFetch direct = new HttpKeyFetch("https://issuer.example",
				Optional.of(URI.create(this.issuer.issuer() + "/keys")), TIMEOUT)) {
			assertThat(direct.fetch().getKeys()).hasSize(1);
		}
		assertThat(this.issuer.asked(TestIssuer.OPENID)).isZero();
	}

	@Test
	void privatePartsThatAreAmongTheKeysAreNotKept() throws Exception {
		this.issuer.reply(TestIssuer.KEYS, 200, "{\"keys\":[%s]}".formatted(this.issuer.key().toJSONString()));
		assertThat(this.fetch.fetch().getKeys()).hasSize(1).noneMatch(JWK::isPrivate);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					/realms/ops/.well-known/openid-configuration | 200 | <html>                         | no metadata
					/realms/ops/.well-known/openid-configuration | 200 | {"issuer": "https://evil.example", "jwks_uri": "http://127.0.0.1:1/"} | is of the issuer
					/realms/ops/.well-known/openid-configuration | 200 | {"jwks_uri": "http://127.0.0.1:1/"} | is of the issuer
					/realms/ops/.well-known/openid-configuration | 404 | x                              | configuration answered 404, http
					/realms/ops/keys                             | 503 | x                              | answered 503 (expected: 200)
					/realms/ops/keys                             | 302 | http://127.0.0.1:1/            | answered 302 (expected: 200)
					/realms/ops/keys                             | 200 | <html>                         | no JWK set
					/realms/ops/keys                             | 200 | {"keys": [{"kty": "EC", "crv": "P-256", "x": "AQ", "y": "AQ"}]} | no JWK set
					""")
	void whatIsNoAnswerIsToldByItsCause(String path, int status, String body, String cause) {
		this.issuer.reply(path, status, body);
		assertThatIOException().isThrownBy(this.fetch::fetch).withMessageContaining(cause);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			null                    | names no jwks_uri
			"file:///etc/passwd"    | names no jwks_uri
			"/keys"                 | names no jwks_uri
			""")
	void keysThatNobodyCanTrustAreNotFetched(String keys, String cause) {
		this.issuer.reply(TestIssuer.OPENID, 200,
				"{\"issuer\": \"%s\", \"jwks_uri\": %s}".formatted(this.issuer.issuer(), keys));
		assertThatIOException().isThrownBy(this.fetch::fetch).withMessageContaining(cause);
	}

	@Test
	void anEndlessAnswerIsCutOff() {
		this.issuer.reply(TestIssuer.KEYS, 200, "x".repeat(BoundedBody.MAX_LENGTH + 1));
		assertThatIOException().isThrownBy(this.fetch::fetch).withMessageContaining("more than 524288 bytes");
	}

	@Test
	void anIssuerThatHangsIsGivenUp() {
		try (MuteServer mute = MuteServer.start();
				HttpKeyFetch hanging = new HttpKeyFetch("http://127.0.0.1:" + mute.port(), Optional.empty(),
						Duration.ofMillis(200))) {
			assertThatIOException().isThrownBy(hanging::fetch)
				.withMessageContaining("http://127.0.0.1:%d/.well-known/openid-configuration".formatted(mute.port()));
		}
	}

	@ParameterizedTest
	@CsvSource({
			"https://a.example, https://a.example/.well-known/openid-configuration, https://a.example/.well-known/oauth-authorization-server",
			"https://a.example/, https://a.example/.well-known/openid-configuration, https://a.example/.well-known/oauth-authorization-server",
			"https://a.example/x/y, https://a.example/x/y/.well-known/openid-configuration, https://a.example/.well-known/oauth-authorization-server/x/y" })
	void metadataAreWhereTheStandardsPutThem(String issuer, String openid, String oauth) {
		assertThat(HttpKeyFetch.metadata(issuer)).extracting(URI::toString).containsExactly(openid, oauth);
	}

	@Test
	void aPortThatNobodyListensOnIsNamed() {
		int port = 1;
		try (HttpKeyFetch refused = new HttpKeyFetch("http://127.0.0.1:" + port, Optional.empty(), TIMEOUT)) {
			assertThatIOException().isThrownBy(refused::fetch)
				.withMessageContaining("could not be asked")
				.withCauseInstanceOf(IOException.class);
		}
	}

}
