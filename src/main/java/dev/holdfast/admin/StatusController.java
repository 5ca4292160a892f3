package dev.holdfast.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.Redaction;
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

	private static final Comparator<UnreadableRecord> BY_KEY = Comparator.comparing(UnreadableRecord::key);

	private static final Sorting<UnreadableRecord> UNREADABLE = new Sorting<>(
			Map.of("key", BY_KEY, "since", Comparator.comparing(UnreadableRecord::since).thenComparing(BY_KEY),
					"revision", Comparator.comparingLong(UnreadableRecord::modRevision).thenComparing(BY_KEY)),
			"key");

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
	@TextColumns({ "key", "since", "REVISION=modRevision", "reason" })
	Page<UnreadableRecord> unreadable(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		List<UnreadableRecord> records = this.registry.unreadable()
			.stream()
			.map(StatusController::shown)
			.filter((record) -> q == null || Text.contains(q, record.key(), record.reason()))
			.sorted(UNREADABLE.by(sort))
			.toList();
		return Page.of(records, request);
	}

	/**
	 * Gives a record as whoever may read may see it, and search it.
	 */
	static UnreadableRecord shown(UnreadableRecord unreadable) {
		return new UnreadableRecord(unreadable.key(), Redaction.text(unreadable.reason()), unreadable.modRevision(),
				unreadable.since());
	}

}
