package dev.holdfast.admin;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.HandlerInterceptor;

/**
 * Lets a write through when it comes from no foreign page and presents the token, and has
 * every write recorded, whether it was let through or not.
 * <p>
 * A browser names the page that sends a request in {@code Origin}; a write whose origin
 * is not the very host and port that it is sent to is refused. That alone would not stop
 * DNS rebinding, where the foreign page's own name is made to point here and so both
 * headers agree. What stops it is that the token is never ambient: it is in no cookie and
 * the browser adds it to no request, so that a page which was not given it cannot write.
 * Requests of tools other than browsers have no origin and need the token alone.
 */
final class WriteGuard implements HandlerInterceptor {

	private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

	private static final String SCHEME = "bearer ";

	private final AdminSettings settings;

	private final Audit audit = new Audit();

	WriteGuard(AdminSettings settings) {
		this.settings = settings;
	}

	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		if (READS.contains(request.getMethod())) {
			return true;
		}
		try {
			checkOrigin(request.getHeader(HttpHeaders.HOST), request.getHeader(HttpHeaders.ORIGIN));
			checkToken(request.getHeader(HttpHeaders.AUTHORIZATION));
		}
		catch (ProblemException exception) {
			record(request, exception.getStatusCode().value());
			throw exception;
		}
		return true;
	}

	@Override
	public void afterCompletion(HttpServletRequest request, HttpServletResponse response, Object handler,
			@Nullable Exception exception) {
		if (!READS.contains(request.getMethod())) {
			record(request, response.getStatus());
		}
	}

	private void record(HttpServletRequest request, int status) {
		this.audit.record(request.getRemoteAddr(), request.getMethod() + " " + request.getRequestURI(),
				WriteNote.of(request), Integer.toString(status));
	}

	private static void checkOrigin(@Nullable String host, @Nullable String origin) {
		if (host == null || host.isBlank()) {
			throw new ProblemException(HttpStatus.BAD_REQUEST, "missing-host",
					"Host: none (expected: the name under which the admin port is reached)");
		}
		if (origin != null && !isSameOrigin(origin, host)) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "cross-origin",
					"Origin: \"%s\" (expected: none, or the one of Host \"%s\")".formatted(origin, host));
		}
	}

	private static boolean isSameOrigin(String origin, String host) {
		try {
			URI page = URI.create(origin);
			String scheme = page.getScheme();
			URI target = URI.create(scheme + "://" + host);
			return scheme != null && page.getHost() != null && page.getHost().equalsIgnoreCase(target.getHost())
					&& port(page) == port(target);
		}
		catch (IllegalArgumentException ex) {
			return false;
		}
	}

	private static int port(URI uri) {
		if (uri.getPort() >= 0) {
			return uri.getPort();
		}
		return "https".equalsIgnoreCase(uri.getScheme()) ? 443 : 80;
	}

	private void checkToken(@Nullable String authorization) {
		String token = this.settings.token();
		if (token == null) {
			throw new ProblemException(HttpStatus.FORBIDDEN, "admin-token-not-set",
					"The API is read-only because holdfast.admin.token is not set");
		}
		if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
			throw ProblemException.unauthorized("Authorization: none (expected: Bearer <holdfast.admin.token>)");
		}
		byte[] presented = authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
		if (!MessageDigest.isEqual(token.getBytes(StandardCharsets.UTF_8), presented)) {
			throw ProblemException.unauthorized("The bearer token is not holdfast.admin.token");
		}
	}

}
