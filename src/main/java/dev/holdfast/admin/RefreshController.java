package dev.holdfast.admin;

import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;

import dev.holdfast.override.Command;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryOperations;
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
 * Lists the registry at an operator's word: to take what it says, or only to compare.
 */
@RestController
@RequestMapping("/registry")
class RefreshController {

	private final Registry registry;

	private final RegistryOperations operations;

	private final AnswerDeadline deadline;

	private final OverrideWrites writes;

	RefreshController(Registry registry, RegistryOperations operations, OverrideWrites writes,
			AnswerDeadline deadline) {
		this.registry = registry;
		this.operations = operations;
		this.writes = writes;
		this.deadline = deadline;
	}

	@PostMapping("/refresh")
	ResponseEntity<RefreshResult> refresh(Optional<WriteBody> body,
			@RequestParam(required = false) @Nullable String scope, HttpServletRequest request) throws InterruptedException {
		if (OverrideWrites.isForAll(body, scope)) {
			return this.writes.command(new Command.Refresh(OverrideWrites.reason(body, request), Operator.of(request)));
		}
		this.registry.freeze().ifPresent((freeze) -> {
			throw frozen(freeze);
		});
		return ResponseEntity.ok(this.deadline.await(this.operations.refresh(),
				"The registry could not be listed; the endpoints stay as they were"));
	}

	@GetMapping("/diff")
	RegistryDiff diff() throws InterruptedException {
		return this.deadline.await(this.operations.diff(),
				"The registry could not be listed, so there is nothing to compare the cache with");
	}

	private static ProblemException frozen(Freeze freeze) {
		return new ProblemException(HttpStatus.CONFLICT, "registry-frozen",
				"The registry is frozen until %s; DELETE /registry/freeze ends that"
					.formatted(freeze.until().truncatedTo(ChronoUnit.SECONDS)),
				Map.of("since", freeze.since(), "until", freeze.until(), "reason", freeze.reason()));
	}

}
