package dev.holdfast.jwt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * An OAuth2 issuer on this machine, with its metadata, its keys and its tokens.
 */
public final class TestIssuer implements AutoCloseable {

	/** The time that its tokens are for. */
	public static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	/** The audience of its tokens. */
	public static final String AUDIENCE = "holdfast-test";

	static final String OPENID = "/realms/ops/.well-known/openid-configuration";

	static final String OAUTH = "/.well-known/oauth-authorization-server/realms/ops";

	static final String KEYS = "/realms/ops/keys";

	private final HttpServer server;

	private final Map<String, Reply> replies = new ConcurrentHashMap<>();

	private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

	private volatile JWK key;

	/** Starts an issuer with one key. */
	public TestIssuer() {
		this.key = newKey("key-1");
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
		this.server.createContext("/", this::answer);
		this.server.start();
		reply(OPENID, 200, metadata(issuer(), issuer() + "/keys"));
		publish(this.key);
	}

	static JWK newKey(String id) {
		try {
			return new ECKeyGenerator(Curve.P_256).keyID(id).generate();
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String metadata(String issuer, String keys) {
		return "{\"issuer\": \"%s\", \"jwks_uri\": \"%s\"}".formatted(issuer, keys);
	}

	private void answer(HttpExchange exchange) throws IOException {
		String path = exchange.getRequestURI().getPath();
		this.asked.computeIfAbsent(path, (unused) -> new AtomicInteger()).incrementAndGet();
		Reply reply = this.replies.getOrDefault(path, new Reply(404, "nothing here"));
		byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
		if (reply.status() == 302) {
			exchange.getResponseHeaders().set("Location", reply.body());
		}
		exchange.sendResponseHeaders(reply.status(), body.length);
		try (exchange) {
			exchange.getResponseBody().write(body);
		}
	}

	void reply(String path, int status, String body) {
		this.replies.put(path, new Reply(status, body));
	}

	int asked(String path) {
		return this.asked.getOrDefault(path, new AtomicInteger()).get();
	}

	/**
	 * Replaces its key, for its tokens and in what it publishes.
	 * @param id the id of the next key
	 */
	public void rotate(String id) {
		this.key = newKey(id);
		publish(this.key);
	}

	void publish(JWK... keys) {
		reply(KEYS, 200, new JWKSet(List.of(keys)).toString());
	}

	/**
	 * Makes it fail whatever it is asked for.
	 */
	public void fail() {
		this.replies.replaceAll((path, reply) -> new Reply(500, "out of order"));
	}

	JWK key() {
		return this.key;
	}

	/**
	 * Return its name.
	 * @return the issuer
	 */
	public String issuer() {
		return "http://127.0.0.1:%d/realms/ops".formatted(this.server.getAddress().getPort());
	}

	/**
	 * Return the claims of a token that counts.
	 * @return the claims
	 */
	public JWTClaimsSet.Builder claims() {
		return new JWTClaimsSet.Builder().issuer(issuer())
			.audience(AUDIENCE)
			.subject("alice")
			.issueTime(Date.from(NOW))
			.expirationTime(Date.from(NOW.plusSeconds(60)))
			.claim("scope", "openid holdfast.write");
	}

	/**
	 * Return a token by its key.
	 * @param change what is different from one that counts
	 * @return the token
	 */
	public String token(UnaryOperator<JWTClaimsSet.Builder> change) {
		return sign(new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(this.key.getKeyID()).build(), this.key,
				change.apply(claims()).build());
	}

	static String sign(JWSHeader header, JWK key, JWTClaimsSet claims) {
		try {
			JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, header.getAlgorithm());
			return sign(header, signer, claims);
		}
		catch (JOSEException ex) {
			throw new IllegalStateException(ex);
		}
	}

	static String sign(JWSHeader header, JWSSigner signer, JWTClaimsSet claims) throws JOSEException {
		SignedJWT jwt = new SignedJWT(header, claims);
		jwt.sign(signer);
		return jwt.serialize();
	}

	@Override
	public void close() {
		this.server.stop(0);
	}

	private record Reply(int status, String body) {
	}

}
