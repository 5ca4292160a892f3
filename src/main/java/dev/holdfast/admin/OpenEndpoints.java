package dev.holdfast.admin;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.http.server.PathContainer;
import org.springframework.util.function.SingletonSupplier;
import org.springframework.web.util.ServletRequestPathUtils;
import org.springframework.web.util.pattern.PathPattern;
import org.springframework.web.util.pattern.PathPatternParser;

/**
 * The endpoints that are answered under every name: a probe or Prometheus asks an address
 * of its own choice, and what they read is no secret.
 */
final class OpenEndpoints implements Predicate<HttpServletRequest> {

	private static final List<String> IDS = List.of("health", "prometheus");

	/** Found at the first request, since endpoints are not to be made before that. */
	private final SingletonSupplier<List<PathPattern>> patterns;

	OpenEndpoints(ObjectProvider<PathMappedEndpoints> endpoints) {
		this.patterns = SingletonSupplier.of(() -> endpoints.stream()
			.flatMap((paths) -> IDS.stream()
				.map((id) -> Optional.ofNullable(paths.getPath(EndpointId.of(id))))
				.flatMap(Optional::stream))
			.map((path) -> PathPatternParser.defaultInstance.parse(path + "/**"))
			.toList());
	}

	@Override
	public boolean test(HttpServletRequest request) {
		PathContainer path = ServletRequestPathUtils.parse(request).pathWithinApplication();
		return this.patterns.obtain().stream().anyMatch((pattern) -> pattern.matches(path));
	}

}
