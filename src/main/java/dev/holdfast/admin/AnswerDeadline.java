package dev.holdfast.admin;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

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
		return await(answer, RegistryException.class, (cause) -> unreachable(failure, cause));
	}

	/**
	 * Waits for an answer.
	 * @param answer what was asked for
	 * @param expected how an answer fails that cannot be had
	 * @param problem what that is for the operator, by its cause
	 * @return the answer
	 * @throws ProblemException if there was none, or the time ran out
	 */
	<T> T await(CompletableFuture<T> answer, Class<? extends Exception> expected,
			Function<String, ProblemException> problem) throws InterruptedException {
		try {
			return answer.get(this.time.toMillis(), TimeUnit.MILLISECONDS);
		}
		catch (TimeoutException ex) {
			throw problem.apply("no answer within %d ms".formatted(this.time.toMillis()));
		}
		catch (ExecutionException ex) {
			Throwable cause = ex.getCause();
			if (expected.isInstance(cause)) {
				throw problem.apply(String.valueOf(cause.getMessage()));
			}
			throw new IllegalStateException(
					"the answer failed (expected: one, or a %s)".formatted(expected.getSimpleName()), cause);
		}
	}

	private static ProblemException unreachable(String failure, String cause) {
		return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "registry-unreachable", failure,
				Map.of("cause", cause));
	}

}
