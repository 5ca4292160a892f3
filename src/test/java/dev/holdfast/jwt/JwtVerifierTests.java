package dev.holdfast.jwt;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.crypto.opts.AllowWeakRSAKey;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.OctetSequenceKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.PlainJWT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

class JwtVerifierTests {

	private static final JWK OTHER = TestIssuer.newKey("key-1");

	private final TestIssuer issuer = new TestIssuer();

	private final JwtVerifier verifier = JwtVerifier.of(
			new JwtSettings(this.issuer.issuer(), Optional.empty(), TestIssuer.AUDIENCE, "holdfast.write",
					Duration.ofSeconds(30)),
			Clock.fixed(TestIssuer.NOW, ZoneOffset.UTC), System::nanoTime, Duration.ofMinutes(1));

	@AfterEach
	void stop() {
		this.verifier.close();
		this.issuer.close();
	}

	@Test
	void aTokenThatIsAllRightCountsForItsSubject() {
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims)))
			.isEqualTo(new JwtVerdict.Accepted("alice"));
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims.audience(List.of("a", "holdfast-test")))))
			.isInstanceOf(JwtVerdict.Accepted.class);
	}

	@ParameterizedTest
	@MethodSource
	void aTokenThatIsNotRightIsRefusedByWhatIsWrongWithIt(Function<TestIssuer, String> made, String wrong) {
		String token = made.apply(this.issuer);
		// On a busy machine the keys may come too late for the first token.
		await().until(() -> this.verifier.verify(this.issuer.token((claims) -> claims)) instanceof JwtVerdict.Accepted);
		assertThat(this.verifier.verify(token)).isInstanceOfSatisfying(JwtVerdict.Invalid.class, (refused) -> {
			assertThat(refused.detail()).startsWith(wrong);
			for (String part : token.split("\\.", -1)) {
				assertThat(part.length() > 8 && refused.detail().contains(part)).as(refused.detail()).isFalse();
			}
		});
	}

	static Stream<Arguments> aTokenThatIsNotRightIsRefusedByWhatIsWrongWithIt() {
		return Stream.of(shapes(), headers(), signatures(), claims()).flatMap(Stream::of);
	}

	private static Arguments[] shapes() {
		String none = "The bearer token is no JWT";
		return new Arguments[] { refused("nothing", none, (issuer) -> ""), refused("no JWT", none, (issuer) -> "a.b.c"),
				refused("two parts", none, (issuer) -> token(issuer).substring(0, token(issuer).lastIndexOf('.'))),
				refused("five parts", none, (issuer) -> token(issuer) + ".x.y"),
				refused("claims that are no object", "signature: ",
						(issuer) -> token(issuer).replaceFirst("\\.[^.]+\\.", "." + base64("[]") + ".")),
				refused("endless", "token: longer", (issuer) -> "x".repeat(8193)) };
	}

	private static Arguments[] headers() {
		return new Arguments[] {
				refused("no signature", "The bearer token is no JWT",
						(issuer) -> new PlainJWT(issuer.claims().build()).serialize()),
				refused("HMAC by the public key", "alg: ", JwtVerifierTests::signedByThePublicKey),
				refused("HMAC by another secret", "alg: ",
						(issuer) -> TestIssuer.sign(header(JWSAlgorithm.HS256).build(), secret(),
								issuer.claims().build())),
				refused("a token for a logout", "typ: ",
						(issuer) -> sign(issuer,
								header(JWSAlgorithm.ES256).type(new JOSEObjectType("logout+jwt")).build())),
				refused("a critical parameter", "crit: ",
						(issuer) -> sign(issuer,
								header(JWSAlgorithm.ES256).customParam("x", 1).criticalParams(Set.of("x")).build())),
				refused("another key", "kid: ",
						(issuer) -> sign(issuer, new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("unknown").build())),
				refused("the key of another algorithm", "kid: ", (issuer) -> rsa(issuer, 2048, JWSAlgorithm.RS256)) };
	}

	private static Arguments[] signatures() {
		return new Arguments[] {
				refused("another key of the same name", "signature: ",
						(issuer) -> TestIssuer.sign(header(JWSAlgorithm.ES256).build(), OTHER,
								issuer.claims().build())),
				refused("a key that the token brings along", "signature: ",
						(issuer) -> TestIssuer.sign(header(JWSAlgorithm.ES256).jwk(OTHER.toPublicJWK()).build(), OTHER,
								issuer.claims().build())),
				refused("a changed claim", "signature: ",
						(issuer) -> token(issuer).replaceFirst("\\.[^.]+\\.",
								"." + base64("{\"sub\":\"root\"}") + ".")),
				refused("no bytes of a signature", "", (issuer) -> token(issuer).replaceFirst("[^.]+$", "")) };
	}

	private static Arguments[] claims() {
		Instant now = TestIssuer.NOW;
		return new Arguments[] {
				refused("another issuer", "iss: ", (issuer) -> issuer.token((c) -> c.issuer("https://evil.example"))),
				refused("an issuer with a slash", "iss: ",
						(issuer) -> issuer.token((c) -> c.issuer(issuer.issuer() + "/"))),
				refused("no issuer", "iss: ", (issuer) -> issuer.token((c) -> c.issuer(null))),
				refused("another audience", "aud: ", (issuer) -> issuer.token((c) -> c.audience("holdfast-tes"))),
				refused("no audience", "aud: ", (issuer) -> issuer.token((c) -> c.audience((String) null))),
				refused("no subject", "sub: ", (issuer) -> issuer.token((c) -> c.subject(null))),
				refused("a blank subject", "sub: ", (issuer) -> issuer.token((c) -> c.subject(" "))),
				refused("no end", "exp: none", (issuer) -> issuer.token((c) -> c.expirationTime(null))),
				refused("over", "exp: 2026-01-02T03:03:35Z",
						(issuer) -> issuer.token((c) -> c.expirationTime(Date.from(now.minusSeconds(30))))),
				refused("not yet", "nbf: ",
						(issuer) -> issuer.token((c) -> c.notBeforeTime(Date.from(now.plusSeconds(31))))) };
	}

	private static Arguments refused(String name, String wrong, Function<TestIssuer, String> token) {
		return argumentSet(name, token, wrong);
	}

	@Test
	void theIssuersClockMayBeALittleFast() {
		Instant soon = TestIssuer.NOW.plusSeconds(30);
		Instant over = TestIssuer.NOW.minusSeconds(29);
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims.notBeforeTime(Date.from(soon)))))
			.isInstanceOf(JwtVerdict.Accepted.class);
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims.expirationTime(Date.from(over)))))
			.isInstanceOf(JwtVerdict.Accepted.class);
	}

	@ParameterizedTest
	@CsvSource({ "holdfast.write, true", "a holdfast.write b, true", "a, false", "holdfast.writer, false",
			"HOLDFAST.WRITE, false", "'a,holdfast.write', false", "'', false" })
	void aTokenPermitsWhatItsScopeSays(String scope, boolean permitted) {
		JwtVerdict text = this.verifier.verify(this.issuer.token((claims) -> claims.claim("scope", scope)));
		JwtVerdict list = this.verifier.verify(
				this.issuer.token((claims) -> claims.claim("scope", null).claim("scp", List.of(scope.split(" ", -1)))));
		for (JwtVerdict verdict : List.of(text, list)) {
			assertThat(verdict)
				.isInstanceOf(permitted ? JwtVerdict.Accepted.class : JwtVerdict.InsufficientScope.class);
		}
	}

	@Test
	void aTokenWithoutScopeIsToldWhichItLacks() {
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims.claim("scope", null))))
			.isInstanceOfSatisfying(JwtVerdict.InsufficientScope.class, (missing) -> {
				assertThat(missing.scope()).isEqualTo("holdfast.write");
				assertThat(missing.detail()).contains("holdfast.write");
			});
	}

	@ParameterizedTest
	@CsvSource({ "RS256, JWT", "PS512, at+jwt", "ES256, application/at+jwt", "ES384, ", "ES512, AT+JWT" })
	void whateverTheIssuerSignsByAPrivateKeyCounts(String name, String type) throws Exception {
		JWSAlgorithm algorithm = JWSAlgorithm.parse(name);
		JWK key = JWSAlgorithm.Family.RSA.contains(algorithm) ? new RSAKeyGenerator(2048).keyID("other").generate()
				: new ECKeyGenerator(Curve.forJWSAlgorithm(algorithm).iterator().next()).keyID("other").generate();
		this.issuer.publish(OTHER.toPublicJWK(), key.toPublicJWK());
		JWSHeader.Builder header = new JWSHeader.Builder(algorithm).keyID("other");
		if (type != null) {
			header.type(new JOSEObjectType(type));
		}
		assertThat(this.verifier.verify(TestIssuer.sign(header.build(), key, this.issuer.claims().build())))
			.isEqualTo(new JwtVerdict.Accepted("alice"));
	}

	@Test
	void aTokenThatNamesNoKeyIsCheckedByAllThatFit() {
		this.issuer.publish(TestIssuer.newKey("older").toPublicJWK(), this.issuer.key().toPublicJWK());
		assertThat(this.verifier.verify(sign(this.issuer, new JWSHeader(JWSAlgorithm.ES256))))
			.isInstanceOf(JwtVerdict.Accepted.class);
	}

	@Test
	void aKeyThatIsTooWeakOrForAnotherUseDoesNotCount() throws Exception {
		JWK weak = new RSAKeyGenerator(1024, true).keyID("weak").generate();
		JWK sealing = new RSAKeyGenerator(2048).keyID("sealing").keyUse(KeyUse.ENCRYPTION).generate();
		this.issuer.publish(weak.toPublicJWK(), sealing.toPublicJWK());
		for (JWK key : List.of(weak, sealing)) {
			JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build();
			RSASSASigner signer = new RSASSASigner(key.toRSAKey().toPrivateKey(),
					Set.of(AllowWeakRSAKey.getInstance()));
			assertThat(this.verifier.verify(TestIssuer.sign(header, signer, this.issuer.claims().build())))
				.as(key.getKeyID())
				.isInstanceOf(JwtVerdict.Invalid.class);
		}
	}

	@Test
	void aSecretThatTheIssuerPublishesByMistakeDoesNotCount() throws Exception {
		JWK secret = new OctetSequenceKeyGenerator(256).keyID("shared").generate();
		this.issuer.reply(TestIssuer.KEYS, 200, "{\"keys\":[%s]}".formatted(secret.toJSONString()));
		JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("shared").build();
		assertThat(this.verifier.verify(TestIssuer.sign(header, secret, this.issuer.claims().build())))
			.isInstanceOf(JwtVerdict.Invalid.class);
	}

	@Test
	void withoutTheIssuersKeysNobodyCanTell() {
		this.issuer.fail();
		assertThat(this.verifier.verify(this.issuer.token((claims) -> claims)))
			.isInstanceOfSatisfying(JwtVerdict.KeysUnavailable.class, (unavailable) -> assertThat(unavailable.cause())
				.contains(this.issuer.issuer() + "/.well-known/openid-configuration answered 500"));
	}

	private static String token(TestIssuer issuer) {
		return issuer.token((claims) -> claims);
	}

	private static JWSHeader.Builder header(JWSAlgorithm algorithm) {
		return new JWSHeader.Builder(algorithm).keyID("key-1");
	}

	private static String sign(TestIssuer issuer, JWSHeader header) {
		return TestIssuer.sign(header, issuer.key(), issuer.claims().build());
	}

	private static String signedByThePublicKey(TestIssuer issuer) {
		try {
			return TestIssuer.sign(header(JWSAlgorithm.HS256).build(),
					new MACSigner(issuer.key().toECKey().toPublicKey().getEncoded()), issuer.claims().build());
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static JWK secret() {
		try {
			return new OctetSequenceKeyGenerator(256).keyID("key-1").generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String rsa(TestIssuer issuer, int bits, JWSAlgorithm algorithm) {
		try {
			return TestIssuer.sign(header(algorithm).build(), new RSAKeyGenerator(bits).keyID("key-1").generate(),
					issuer.claims().build());
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private static String base64(String json) {
		return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
	}

}
