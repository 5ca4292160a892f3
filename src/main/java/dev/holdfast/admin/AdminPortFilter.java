package dev.holdfast.admin;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.jwt.JwtVerifier;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Stands before everything that the admin port answers, whoever brings it: the operators'
 * API, the actuator's endpoints, and what a library adds to them. Requests under a
 * foreign name are refused, so are writes without the token, and every write is recorded,
 * whether it was let through or not.
 */
final class AdminPortFilter extends OncePerRequestFilter {

	private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

	private final HostGuard hosts;

	private final WriteGuard writes;

	private final Predicate<HttpServletRequest> openToAllHosts;

	private final ObjectMapper mapper;

	private final Audit audit = new Audit();

	/**
	 * Creates the filter.
	 * @param settings how the port is guarded
	 * @param jwts what accepts the tokens of an issuer, {@code null} when none is
	 * configured
	 * @param openToAllHosts the reads that are answered under every name: those of probes
	 * and of Prometheus
	 * @param mapper what problems are written by
	 */
	AdminPortFilter(AdminSettings settings, @Nullable JwtVerifier jwts, Predicate<HttpServletRequest> openToAllHosts,
			ObjectMapper mapper) {
		this.hosts = new HostGuard(settings.allowedHosts());
		this.writes = new WriteGuard(settings.token(), jwts);
		this.openToAllHosts = openToAllHosts;
		this.mapper = mapper;
	}

	@Override
	protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
			throws IOException, ServletException {
		boolean write = !READS.contains(request.getMethod());
		int status = HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
		HttpServletRequest admitted = request;
		try {
			admitted = admit(request, write);
			chain.doFilter(admitted, response);
			status = response.getStatus();
		}
		catch (ProblemException ex) {
			status = ex.getStatusCode().value();
			refuse(request, response, ex);
		}
		finally {
			if (write) {
				record(admitted, status);
			}
		}
	}

	private HttpServletRequest admit(HttpServletRequest request, boolean write) {
		if (write || !this.openToAllHosts.test(request)) {
			this.hosts.check(request.getHeader(HttpHeaders.HOST), request.getHeader(HttpHeaders.ORIGIN));
		}
		if (!write) {
			return request;
		}
		return this.writes.check(request.getHeader(HttpHeaders.AUTHORIZATION))
			.<HttpServletRequest>map((subject) -> new AuthenticatedRequest(request, subject))
			.orElse(request);
	}

	private void refuse(HttpServletRequest request, HttpServletResponse response, ProblemException problem)
			throws IOException {
		ProblemDetail body = problem.getBody();
		instance(request.getRequestURI()).ifPresent(body::setInstance);
		boolean text = PlainText.isPreferred(request.getHeader(HttpHeaders.ACCEPT));
		byte[] content = text ? TextView.of(body, this.mapper).getBytes(StandardCharsets.UTF_8)
				: this.mapper.writeValueAsBytes(body);
		response.setStatus(problem.getStatusCode().value());
		problem.getHeaders().forEach((name, values) -> values.forEach((value) -> response.addHeader(name, value)));
		response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
		response.setContentType(text ? PlainText.TYPE.toString() : MediaType.APPLICATION_PROBLEM_JSON_VALUE);
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

	/** Whoever is refused may have sent anything. */
	private static Optional<URI> instance(String path) {
		try {
			return Optional.of(new URI(path));
		}
		catch (URISyntaxException ex) {
			return Optional.empty();
		}
	}

	private void record(HttpServletRequest request, int status) {
		this.audit.record(Operator.of(request), request.getRemoteAddr(),
				request.getMethod() + " " + request.getRequestURI(), WriteNote.of(request), Integer.toString(status));
	}

}
