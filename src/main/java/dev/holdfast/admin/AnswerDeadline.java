package dev.holdfast.admin;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import dev.holdfast.registry.RegistryException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/**
 * How long an operator waits for an answer of the registry client.
 */
@Component
final class AnswerDeadline {

	private static final Duration DEFAULT = Duration.ofSeconds(10);

	private final Duration time;

	AnswerDeadline() {
		this(DEFAULT);
	}

	AnswerDeadline(Duration time) {
		this.time = time;
	}

	/**
	 * Waits for an answer.
	 * @param answer what was asked for
	 * @param failure what it means for the operator when there is none
	 * @return the answer
	 * @throws ProblemException with the cause if the registry could not be asked, or the
	 * time ran out
	 */
	<T> T await(CompletableFuture<T> answer, String failure) throws InterruptedException {
		try {
			return answer.get(this.time.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw unreachable(failure, "no answer within %d ms".formatted(this.time.toMillis()));
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof RegistryException cause) {
				throw unreachable(failure, String.valueOf(cause.getMessage()));
			}
			throw new IllegalStateException("the registry client failed (expected: an answer or a RegistryException)",
					ex.getCause());
		}
	}

	private static ProblemException unreachable(String failure, String cause) {
		return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "registry-unreachable", failure,
				Map.of("cause", cause));
	}

}
