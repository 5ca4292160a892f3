package dev.holdfast.admin;

import java.time.Duration;
import java.util.Set;

import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.RegistryOperations;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
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

	private final AnswerDeadline deadline;

	FreezeController(RegistryOperations operations, AnswerDeadline deadline) {
		this.operations = operations;
		this.deadline = deadline;
	}

	@PutMapping
	Freeze freeze(WriteBody body) throws InterruptedException {
		body.allowOnly(Set.of("ttlSeconds"));
		Duration time = body.seconds("ttlSeconds", null, MAX_TIME);
		return this.deadline.await(this.operations.freeze(time, body.printableReason()), UNCERTAIN);
	}

	@DeleteMapping
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void unfreeze() throws InterruptedException {
		this.deadline.await(this.operations.unfreeze(), UNCERTAIN);
	}

}
