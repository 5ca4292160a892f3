package dev.holdfast.admin;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;

/**
 * Refuses a write whose {@code If-Match} names another state than the present one (RFC
 * 9110, section 13.1.1): somebody else was faster, or something has happened since it was
 * decided on. The tag is that of the read which shows what the write is of. Those are
 * weak, and compared as such: what they leave out is how old the data is.
 */
@Component
final class Preconditions implements HandlerInterceptor {

	private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");

	private final EntityTags tags;

	private final ServiceCatalogue catalogue;

	private final HeldController held;

	private final StatusController status;

	Preconditions(EntityTags tags, ServiceCatalogue catalogue, HeldController held, StatusController status) {
		this.tags = tags;
		this.catalogue = catalogue;
		this.held = held;
		this.status = status;
	}

	/**
	 * Checks a request before it is handled, and has it checked again when its write has
	 * its turn.
	 * @throws ProblemException if it is not to be
	 */
	@Override
	public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
		List<String> wanted = Collections.list(request.getHeaders(HttpHeaders.IF_MATCH));
		if (!READS.contains(request.getMethod()) && !wanted.isEmpty()) {
			check(request, wanted);
			WriteTurns.require(request, () -> check(request, wanted));
		}
		return true;
	}

	private void check(HttpServletRequest request, List<String> wanted) {
		Optional<String> now = state(request).map((shown) -> this.tags.tag(shown, MediaType.APPLICATION_JSON));
		if (now.filter((tag) -> wanted.stream().anyMatch((one) -> matches(one, tag))).isEmpty()) {
			throw new ProblemException(HttpStatus.PRECONDITION_FAILED, "precondition-failed",
					"If-Match: another state than the present one; nothing was done",
					Map.of("etag", now.orElse("none")));
		}
	}

	private static boolean matches(String wanted, String tag) {
		return wanted.strip().equals("*")
				|| Arrays.stream(wanted.split(",", -1)).anyMatch((one) -> opaque(one.strip()).equals(opaque(tag)));
	}

	private static String opaque(String tag) {
		return tag.startsWith("W/") ? tag.substring(2) : tag;
	}

	/** What the read shows that the write is of, empty when there is nothing. */
	private Optional<?> state(HttpServletRequest request) {
		if (request.getRequestURI().startsWith("/registry/held")) {
			return Optional.of(this.held.list(null, null, null, null, null));
		}
		if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
				&& variables.get("service") instanceof String service) {
			return this.catalogue.find(service, false);
		}
		return Optional.of(this.status.status());
	}

}
