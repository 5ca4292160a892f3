package dev.holdfast.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Command;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.service.ServiceName;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The removals that are held, and an operator's word on them. A write that is sent again
 * does no harm: what is no longer held is not found, and nothing else is touched.
 */
@RestController
@RequestMapping("/registry/held")
class HeldController {

	private static final Duration USUAL_TIME = Duration.ofHours(1);

	private static final Duration MAX_TIME = Duration.ofDays(1);

	private static final String UNCERTAIN = "Nobody knows whether it was done; GET /registry/held tells what is held";

	private static final Comparator<HeldRemoval> BY_SERVICE = Comparator.comparing(HeldRemoval::service)
		.thenComparing((removal) -> removal.instance().id());

	private static final Sorting<HeldRemoval> ORDERS = new Sorting<>(Map.of("service", BY_SERVICE, "since",
			Comparator.comparing(HeldRemoval::since).thenComparing(BY_SERVICE), "deadline",
			Comparator
				.comparing((HeldRemoval removal) -> removal.deadline().orElse(null),
						Comparator.nullsLast(Comparator.<Instant>naturalOrder()))
				.thenComparing(BY_SERVICE)),
			"service");

	private final Registry registry;

	private final RegistryOperations operations;

	private final AnswerDeadline deadline;

	private final OverrideWrites writes;

	HeldController(Registry registry, RegistryOperations operations, OverrideWrites writes, AnswerDeadline deadline) {
		this.registry = registry;
		this.operations = operations;
		this.writes = writes;
		this.deadline = deadline;
	}

	@GetMapping
	@TextColumns({ "service", "instance", "url", "evidence", "since", "deadline", "keptUntil", "FAILED=probe.failures",
			"reason" })
	Page<HeldInstance> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String status,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		Set<HeldRemoval.Evidence> evidence = Parameters.constants("status", status, HeldRemoval.Evidence.class);
		List<HeldRemoval> held = this.registry.held()
			.stream()
			.filter((removal) -> evidence.contains(removal.evidence()))
			.filter((removal) -> q == null || HeldInstance.of(removal).matches(q))
			.sorted(ORDERS.by(sort))
			.toList();
		return Page.of(held, request, HeldInstance::of);
	}

	@PostMapping("/approve")
	ResponseEntity<Approval> approve(WriteBody body, HttpServletRequest request) throws InterruptedException {
		body.allowOnly(Set.of("service", "instance", "all", OverrideWrites.SCOPE));
		HeldSelection selection = selection(body);
		String reason = body.printableReason();
		return switch (OverrideWrites.scope(body)) {
			case LOCAL -> ResponseEntity.ok(this.writes.inTurn(Scope.LOCAL, request,
					() -> new Approval(done(selection, this.operations.approve(selection, reason)))));
			case CLUSTER -> this.writes.inTurn(Scope.CLUSTER, request, () -> this.writes
				.command(new Command.Approve(selection.service(), selection.instance(), reason, body.by())));
		};
	}

	@PostMapping("/cancel")
	ResponseEntity<Cancellation> cancel(WriteBody body, HttpServletRequest request) throws InterruptedException {
		body.allowOnly(Set.of("service", "instance", "all", "ttlSeconds", OverrideWrites.SCOPE));
		Duration time = body.seconds("ttlSeconds", USUAL_TIME, MAX_TIME);
		HeldSelection selection = selection(body);
		String reason = body.printableReason();
		return switch (OverrideWrites.scope(body)) {
			case LOCAL -> ResponseEntity.ok(this.writes.inTurn(Scope.LOCAL, request,
					() -> new Cancellation(done(selection, this.operations.cancel(selection, time, reason)))));
			case CLUSTER -> this.writes.inTurn(Scope.CLUSTER, request, () -> this.writes
				.command(new Command.Cancel(selection.service(), selection.instance(), time, reason, body.by())));
		};
	}

	/**
	 * Waits for the removals that an operator's word was for.
	 * @throws ProblemException if it was for none: whoever names an instance that is not
	 * held has the wrong one, or comes too late
	 */
	private List<HeldInstance> done(HeldSelection selection, CompletableFuture<List<HeldRemoval>> answer)
			throws InterruptedException {
		List<HeldRemoval> removals = this.deadline.await(answer, UNCERTAIN);
		if (removals.isEmpty()) {
			throw notHeld(selection);
		}
		return views(removals);
	}

	private static ProblemException notHeld(HeldSelection selection) {
		String service = selection.service().map(ServiceName::value).orElse("");
		String found = selection.instance()
			.map((instance) -> "instance: \"%s\" of %s is not held".formatted(instance, service))
			.orElse(service.isEmpty() ? "no removal is held"
					: "service: \"%s\" has no removal that is held".formatted(service));
		return new ProblemException(HttpStatus.NOT_FOUND, "not-held", found + " (expected: one of GET /registry/held)");
	}

	private static List<HeldInstance> views(List<HeldRemoval> removals) {
		return removals.stream().map(HeldInstance::of).toList();
	}

	private HeldSelection selection(WriteBody body) {
		String service = body.name("service");
		String instance = body.name("instance");
		boolean all = body.flag("all");
		if (service == null && instance != null) {
			throw body.bad("instance", "absent, or together with its service");
		}
		if (service != null && all) {
			throw body.bad("all", "absent when a service is named");
		}
		if (service == null && !all) {
			throw new ProblemException(HttpStatus.BAD_REQUEST, "missing-selection",
					"service: none (expected: the name of one, or all: true for all services)");
		}
		return new HeldSelection(Optional.ofNullable(service).map(this::known), Optional.ofNullable(instance));
	}

	private ServiceName known(String name) {
		if (ServiceName.isValid(name)) {
			ServiceName service = new ServiceName(name);
			if (this.registry.snapshot().find(service) != null) {
				return service;
			}
		}
		throw ProblemException.unknownService(name);
	}

	/**
	 * What an operator approved.
	 *
	 * @param approved the instances that were dropped, as they were held
	 */
	record Approval(List<HeldInstance> approved) {
	}

	/**
	 * What an operator cancelled.
	 *
	 * @param kept the instances that stay whatever their probes find, until the time that
	 * each names
	 */
	record Cancellation(List<HeldInstance> kept) {
	}

}
