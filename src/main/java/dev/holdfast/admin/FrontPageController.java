package dev.holdfast.admin;

import java.util.Map;
import java.util.TreeMap;

import dev.holdfast.registry.Registry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * The admin port's first page: how things stand and where more is said, for browsers in
 * HTML, for others in JSON.
 */
@RestController
class FrontPageController {

	/** The page needs nothing but itself. */
	private static final String POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	private final Registry registry;

	private final GatewayIdentity identity;

	private final ObjectProvider<PathMappedEndpoints> endpoints;

	FrontPageController(Registry registry, GatewayIdentity identity, ObjectProvider<PathMappedEndpoints> endpoints) {
		this.registry = registry;
		this.identity = identity;
		this.endpoints = endpoints;
	}

	@RequestMapping(path = "/", method = RequestMethod.GET,
			produces = { MediaType.APPLICATION_JSON_VALUE, MediaType.TEXT_HTML_VALUE })
	ResponseEntity<FrontPage> get() {
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.varyBy("Accept")
			.header("Content-Security-Policy", POLICY)
			.header("X-Content-Type-Options", "nosniff")
			.header("Referrer-Policy", "no-referrer")
			.body(new FrontPage("holdfast", this.identity.version(), this.identity.instanceId(),
					Overview.sentence(this.registry), links()));
	}

	private Map<String, String> links() {
		Map<String, String> links = new TreeMap<>(Links.READS);
		this.endpoints.ifAvailable((paths) -> {
			for (String id : new String[] { "health", "prometheus" }) {
				String path = paths.getPath(EndpointId.of(id));
				if (path != null) {
					links.put(id, path);
				}
			}
		});
		return links;
	}

}
