package dev.holdfast.admin;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryException;
import dev.holdfast.registry.RegistryOperations;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RestController;

/**
 * Lists the registry anew at an operator's word.
 */
@RestController
class RefreshController {

	private static final Duration DEADLINE = Duration.ofSeconds(10);

	private final RegistryOperations operations;

	private final Duration deadline;

	@Autowired
	RefreshController(RegistryOperations operations) {
		this(operations, DEADLINE);
	}

	RefreshController(RegistryOperations operations, Duration deadline) {
		this.operations = operations;
		this.deadline = deadline;
	}

	@PostMapping("/registry/refresh")
	RefreshResult refresh() throws InterruptedException {
		CompletableFuture<RefreshResult> refresh = this.operations.refresh();
		try {
			return refresh.get(this.deadline.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw unreachable("no answer within %d ms".formatted(this.deadline.toMillis()));
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RegistryException cause) {
				throw unreachable(String.valueOf(cause.getMessage()));
			}
			throw new IllegalStateException("refresh failed (expected: a result or a RegistryException)",
					ex.getCause());
		}
	}

	private static ProblemException unreachable(String cause) {
		return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "registry-unreachable",
				"The registry could not be listed; the endpoints stay as they were", Map.of("cause", cause));
	}

}
