package dev.holdfast.admin;

import java.time.Duration;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.registry.RegistryOperations;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lets no change of the registry be applied for a while, at an operator's word.
 */
@RestController
@RequestMapping("/registry/freeze")
class FreezeController {

	private static final Duration MAX_TIME = Duration.ofDays(1);

	private static final String UNCERTAIN = "Nobody knows whether it was done; GET /registry/status tells";

	private final RegistryOperations operations;

	private final OverrideWrites writes;

	private final AnswerDeadline deadline;

	FreezeController(RegistryOperations operations, OverrideWrites writes, AnswerDeadline deadline) {
		this.operations = operations;
		this.writes = writes;
		this.deadline = deadline;
	}

	@PutMapping
	OverrideView freeze(WriteBody body, HttpServletRequest request) throws InterruptedException {
		OverrideWrites.allowOnly(body);
		return this.writes.inTurn(OverrideWrites.scope(body), request, () -> {
			OperatorOverride set = this.writes.put(new Action.Freeze(), body, MAX_TIME);
			awaitRegistry();
			return OverrideView.of(set);
		});
	}

	@DeleteMapping
	ResponseEntity<OverrideView> unfreeze(@RequestParam(required = false) @Nullable String scope,
			HttpServletRequest request) throws InterruptedException {
		return this.writes.inTurn(OverrideWrites.scope(scope), request, () -> {
			ResponseEntity<OverrideView> rest = this.writes.remove(new Action.Freeze(), scope);
			awaitRegistry();
			return rest;
		});
	}

	/**
	 * The registry hears of a freeze as all listeners do, in the order of the writes.
	 * Whoever has the answer must find it frozen, or what came meanwhile published; but
	 * an answer that told the registry anything itself could overtake another write.
	 */
	private void awaitRegistry() throws InterruptedException {
		this.deadline.await(this.operations.settled(), UNCERTAIN);
	}

}
