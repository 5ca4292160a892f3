package dev.holdfast.jwt;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.holdfast.service.PrintableText;
import org.jspecify.annotations.Nullable;

/**
 * Fetches an issuer's keys over HTTP: from where the configuration says, or else from
 * where the issuer's metadata do (OpenID Connect Discovery 1.0, section 4; RFC 8414,
 * section 3). Redirects are not followed, since the answer must be the issuer's own.
 */
final class HttpKeyFetch implements KeyFetch, AutoCloseable {

	private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

	private static final String OPENID = "/.well-known/openid-configuration";

	private static final String OAUTH = "/.well-known/oauth-authorization-server";

	private final HttpClient client = HttpClient.newBuilder()
		.connectTimeout(CONNECT_TIMEOUT)
		.followRedirects(HttpClient.Redirect.NEVER)
		.build();

	private final String issuer;

	private final Optional<URI> jwkSet;

	private final Duration timeout;

	/**
	 * Creates a fetch.
	 * @param issuer whose keys they are
	 * @param jwkSet where they are, empty when the issuer's metadata tell
	 * @param timeout the longest that one answer may take
	 */
	HttpKeyFetch(String issuer, Optional<URI> jwkSet, Duration timeout) {
		this.issuer = issuer;
		this.jwkSet = jwkSet;
		this.timeout = timeout;
	}

	@Override
	public JWKSet fetch() throws IOException, InterruptedException {
		URI uri = this.jwkSet.isPresent() ? this.jwkSet.get() : discover();
		HttpResponse<byte[]> answer = get(uri);
		if (answer.statusCode() != 200) {
			throw new IOException("%s answered %d (expected: 200)".formatted(uri, answer.statusCode()));
		}
		try {
			return JWKSet.parse(new String(answer.body(), StandardCharsets.UTF_8)).toPublicJWKSet();
		}
		// A key that contradicts itself is told by other exceptions.
		catch (ParseException | IllegalArgumentException | IllegalStateException ex) {
			throw new IOException("%s answered what is no JWK set".formatted(uri), ex);
		}
	}

	private URI discover() throws IOException, InterruptedException {
		List<String> answers = new ArrayList<>();
		for (URI uri : metadata(this.issuer)) {
			HttpResponse<byte[]> answer = get(uri);
			if (answer.statusCode() == 200) {
				return keysIn(answer, uri);
			}
			answers.add("%s answered %d".formatted(uri, answer.statusCode()));
		}
		throw new IOException(String.join(", ", answers) + " (expected: 200 from one of them)");
	}

	/**
	 * Return where an issuer may have its metadata, the likeliest first.
	 */
	static List<URI> metadata(String issuer) {
		URI uri = URI.create(issuer);
		String path = uri.getRawPath().endsWith("/") ? uri.getRawPath().substring(0, uri.getRawPath().length() - 1)
				: uri.getRawPath();
		return List.of(uri.resolve(path + OPENID), uri.resolve(OAUTH + path));
	}

	private URI keysIn(HttpResponse<byte[]> answer, URI asked) throws IOException {
		try {
			Map<String, Object> metadata = JSONObjectUtils.parse(new String(answer.body(), StandardCharsets.UTF_8));
			String named = JSONObjectUtils.getString(metadata, "issuer");
			if (!this.issuer.equals(named)) {
				throw new IOException("%s is of the issuer \"%s\" (expected: \"%s\")".formatted(asked,
						PrintableText.of(String.valueOf(named)), this.issuer));
			}
			URI keys = JSONObjectUtils.getURI(metadata, "jwks_uri");
			if (keys == null || !isAsSafe(keys)) {
				throw new IOException(
						"%s names no jwks_uri that can be used (expected: a URL, with https if the issuer has it)"
							.formatted(asked));
			}
			return keys;
		}
		catch (ParseException ex) {
			throw new IOException("%s answered what is no metadata of an issuer".formatted(asked), ex);
		}
	}

	private boolean isAsSafe(URI keys) {
		String scheme = String.valueOf(keys.getScheme()).toLowerCase(Locale.ROOT);
		return keys.getHost() != null
				&& (scheme.equals("https") || (scheme.equals("http") && this.issuer.startsWith("http:")));
	}

	private HttpResponse<byte[]> get(URI uri) throws IOException, InterruptedException {
		HttpRequest request = HttpRequest.newBuilder(uri)
			.timeout(this.timeout)
			.header("Accept", "application/json")
			.build();
		CompletableFuture<HttpResponse<byte[]>> answer = this.client.sendAsync(request, (head) -> new BoundedBody());
		try {
			return answer.get(this.timeout.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			answer.cancel(true);
			throw new IOException("%s did not answer within %d ms".formatted(uri, this.timeout.toMillis()), ex);
		}
		catch (ExecutionException ex) {
			throw new IOException("%s could not be asked: %s".formatted(uri, reason(ex.getCause())), ex.getCause());
		}
	}

	/** An exception of the client's often has no message. */
	private static String reason(@Nullable Throwable failure) {
		String message = (failure != null) ? failure.getMessage() : null;
		return (message != null) ? PrintableText.of(message) : Objects.toString(failure);
	}

	@Override
	public void close() {
		this.client.shutdownNow();
	}

}
