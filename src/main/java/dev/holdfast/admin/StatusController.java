package dev.holdfast.admin;

import java.util.List;

import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.UnreadableRecord;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The state of the gateway's view of the registry.
 */
@RestController
@RequestMapping("/registry")
class StatusController {

	private final Registry registry;

	private final ServiceCatalogue catalogue;

	private final Overrides overrides;

	private final GatewayIdentity identity;

	StatusController(Registry registry, ServiceCatalogue catalogue, Overrides overrides, GatewayIdentity identity) {
		this.registry = registry;
		this.catalogue = catalogue;
		this.overrides = overrides;
		this.identity = identity;
	}

	@GetMapping
	Overview overview() {
		return Overview.of(this.registry, this.catalogue, this.identity);
	}

	@GetMapping("/status")
	StatusView status() {
		return StatusView.of(this.registry, this.overrides, this.identity);
	}

	@GetMapping("/unreadable")
	Page<UnreadableRecord> unreadable(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		List<UnreadableRecord> records = this.registry.unreadable()
			.stream()
			.filter((record) -> q == null || record.key().contains(q))
			.toList();
		return Page.of(records, request);
	}

}
