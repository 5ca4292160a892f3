package dev.holdfast.admin;

import java.util.Map;
import java.util.TreeMap;

import dev.holdfast.registry.Registry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.web.PathMappedEndpoints;
import org.springframework.core.io.Resource;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RestController;

/**
 * The admin port's first page: the dashboard for browsers, how things stand and where
 * more is said for others.
 */
@RestController
class FrontPageController {

	private final Registry registry;

	private final GatewayIdentity identity;

	private final ObjectProvider<PathMappedEndpoints> endpoints;

	FrontPageController(Registry registry, GatewayIdentity identity, ObjectProvider<PathMappedEndpoints> endpoints) {
		this.registry = registry;
		this.identity = identity;
		this.endpoints = endpoints;
	}

	/**
	 * It names no type of its own, so that whoever takes any is not given the page for
	 * browsers.
	 */
	@RequestMapping(path = "/", method = RequestMethod.GET)
	ResponseEntity<FrontPage> get() {
		return ResponseEntity.ok()
			.cacheControl(CacheControl.noStore())
			.varyBy("Accept")
			.body(new FrontPage("holdfast", this.identity.version(), this.identity.instanceId(),
					Overview.sentence(this.registry), links()));
	}

	/** For who takes HTML as well, and rather has JSON. */
	@RequestMapping(path = "/", method = RequestMethod.GET, produces = MediaType.APPLICATION_JSON_VALUE)
	ResponseEntity<FrontPage> getAsJson() {
		return get();
	}

	@RequestMapping(path = "/", method = RequestMethod.GET, produces = MediaType.TEXT_HTML_VALUE)
	ResponseEntity<Resource> dashboard() {
		return ResponseEntity.ok()
			.contentType(Dashboard.HTML)
			.cacheControl(CacheControl.noCache())
			.eTag(Dashboard.entityTag(Dashboard.PAGE))
			.varyBy("Accept")
			.body(Dashboard.PAGE);
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
