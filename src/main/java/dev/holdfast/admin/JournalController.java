package dev.holdfast.admin;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.Registry;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * What changed in all services, in the order of time.
 */
@RestController
@RequestMapping("/registry/journal")
class JournalController {

	private final Registry registry;

	private final Clock clock;

	JournalController(Registry registry, Clock clock) {
		this.registry = registry;
		this.clock = clock;
	}

	@GetMapping
	@TextColumns({ "time", "revision", "cause", "service", "instance", "detail" })
	JournalPage list(@RequestParam MultiValueMap<String, String> parameters) {
		PageRequest request = PageRequest.of(parameters.getFirst("page"), parameters.getFirst("size"));
		JournalQuery query = JournalQuery.of(parameters, this.clock);
		List<JournalEntry> remembered = this.registry.journal(0);
		List<JournalEntry> found = remembered.stream()
			.filter((entry) -> entry.sequence() > query.after() && query.matches(entry))
			.toList();
		return new JournalPage(Page.of(query.newestFirst() ? found.reversed() : found, request, JournalItem::of),
				reachesBackTo(remembered).orElse(null));
	}

	private static Optional<Instant> reachesBackTo(List<JournalEntry> remembered) {
		return remembered.stream()
			.findFirst()
			.filter((oldest) -> oldest.sequence() > 1)
			.map((oldest) -> oldest.change().time());
	}

}
