package dev.holdfast.admin;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Action;
import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.Scope;
import dev.holdfast.override.SharedOverrides;
import dev.holdfast.override.SharedOverridesException;
import dev.holdfast.service.PrintableText;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;

/**
 * Sets and ends overrides at an operator's word: on this gateway, which always works, or
 * for all that share an etcd, which must be there for it.
 */
@Component
final class OverrideWrites {

	/** How long an override may last. */
	static final Duration MAX_TIME = Duration.ofDays(7);

	static final String SCOPE = "scope";

	private static final String TTL = "ttlSeconds";

	private static final String UNCERTAIN = " (GET /registry/overrides tells whether it was done)";

	private final Overrides overrides;

	private final Optional<SharedOverrides> shared;

	private final AnswerDeadline deadline;

	private final WriteTurns turns = new WriteTurns();

	@Autowired
	OverrideWrites(Overrides overrides, ObjectProvider<SharedOverrides> shared, AnswerDeadline deadline) {
		this(overrides, Optional.ofNullable(shared.getIfAvailable()), deadline);
	}

	OverrideWrites(Overrides overrides, Optional<SharedOverrides> shared, AnswerDeadline deadline) {
		this.overrides = overrides;
		this.shared = shared;
		this.deadline = deadline;
	}

	Overrides overrides() {
		return this.overrides;
	}

	/**
	 * Does a write when all before it of the same scope are done.
	 * @throws ProblemException if the state that it was decided on is not so any more
	 */
	<T> T inTurn(Scope scope, HttpServletRequest request, WriteTurns.Write<T> write) throws InterruptedException {
		return this.turns.take(scope, request, write);
	}

	/**
	 * Reads the member that tells which gateways a write is for.
	 */
	static Scope scope(WriteBody body) {
		return body.constant(SCOPE, Scope.class, Scope.LOCAL);
	}

	/**
	 * Refuses members that mean nothing to an override.
	 * @param own the members that it has besides those that all have
	 */
	static void allowOnly(WriteBody body, String... own) {
		Set<String> names = new TreeSet<>(Set.of(own));
		names.add(TTL);
		names.add(SCOPE);
		body.allowOnly(names);
	}

	/**
	 * Sets an override; one of the same scope that does the same goes on, until then.
	 * @throws ProblemException if it cannot be set
	 */
	OperatorOverride put(Action action, WriteBody body, Duration maxTime) throws InterruptedException {
		Scope scope = scope(body);
		Instant now = this.overrides.now().truncatedTo(ChronoUnit.MILLIS);
		Instant until = now.plus(body.seconds(TTL, null, maxTime));
		OperatorOverride known = this.overrides.active().of(scope).get(action.key());
		Instant since = (known != null && known.action().equals(action) && !known.since().isAfter(now)) ? known.since()
				: now;
		OperatorOverride override = new OperatorOverride(action, scope, since, until, body.printableReason(),
				body.by());
		switch (scope) {
			case LOCAL -> {
				checkRoom(known, scope, Overrides.MAX_LOCAL, "this gateway");
				this.overrides.put(override);
			}
			case CLUSTER -> {
				SharedOverrides cluster = cluster();
				checkRoom(known, scope, SharedOverrides.MAX_SHARED, "all gateways");
				await(cluster.put(override));
			}
		}
		return override;
	}

	/** What replaces another one needs no room of its own. */
	private void checkRoom(@Nullable OperatorOverride known, Scope scope, int max, String where) {
		ActiveOverrides active = this.overrides.active();
		// What etcd has lost takes no room in it.
		long taken = active.of(scope).values().stream().filter((override) -> !active.isLost(override)).count();
		if (known == null && taken >= max) {
			throw new ProblemException(HttpStatus.CONFLICT, "too-many-overrides",
					"%d overrides are in force on %s (expected: fewer); DELETE those that are not needed".formatted(max,
							where));
		}
	}

	/**
	 * Ends an override.
	 * @param scope the parameter of that name
	 * @return 204, or what of the other scope is still in force
	 * @throws ProblemException if it cannot be ended
	 */
	ResponseEntity<OverrideView> remove(Action action, @Nullable String scope) throws InterruptedException {
		end(action, scope(scope));
		return inForce(action).map((rest) -> ResponseEntity.ok(OverrideView.of(rest, this.overrides.active())))
			.orElseGet(() -> ResponseEntity.noContent().build());
	}

	/**
	 * Ends an override. One for all gateways that etcd has lost is written once more, so
	 * that all of them hear of its end.
	 * @throws ProblemException if it cannot be ended
	 */
	void end(Action action, Scope scope) throws InterruptedException {
		switch (scope) {
			case LOCAL -> this.overrides.remove(action);
			case CLUSTER -> {
				SharedOverrides cluster = cluster();
				ActiveOverrides active = this.overrides.active();
				OperatorOverride known = active.of(Scope.CLUSTER).get(action.key());
				if (known != null && active.isLost(known)) {
					await(cluster.put(known));
				}
				await(cluster.remove(action));
			}
		}
	}

	/**
	 * What is in force of the same thing.
	 */
	Optional<OperatorOverride> inForce(Action action) {
		return Optional.ofNullable(this.overrides.active().inForce().get(action.key()));
	}

	/**
	 * Has every gateway do something.
	 * @return 202: each does it when it hears of it
	 * @throws ProblemException if the others cannot be told
	 */
	<T> ResponseEntity<T> command(Command command) throws InterruptedException {
		await(cluster().command(command));
		return ResponseEntity.accepted().build();
	}

	/**
	 * Whether a write that needs no body is for all gateways.
	 * @param scope the parameter of that name, which a body comes before
	 */
	static boolean isForAll(Optional<WriteBody> body, @Nullable String scope) {
		Scope asked = scope(scope);
		body.ifPresent((members) -> members.allowOnly(Set.of(SCOPE)));
		return body.map((members) -> members.constant(SCOPE, Scope.class, asked)).orElse(asked) == Scope.CLUSTER;
	}

	/**
	 * Gives the reason of a write that needs no body, as it may stand in one line.
	 */
	static String reason(Optional<WriteBody> body, HttpServletRequest request) {
		String parameter = request.getParameter("reason");
		return body.map(WriteBody::printableReason)
			.orElseGet(() -> (parameter != null) ? PrintableText.of(parameter) : "");
	}

	/**
	 * Reads the parameter that tells which gateways a write is for.
	 */
	static Scope scope(@Nullable String text) {
		return Parameters.constant(SCOPE, text, Scope.class, Scope.LOCAL);
	}

	private SharedOverrides cluster() {
		SharedOverrides present = this.shared
			.orElseThrow(() -> unavailable("this gateway shares nothing with others (holdfast.cluster.enabled)"));
		present.unavailable().ifPresent((reason) -> {
			throw unavailable(reason);
		});
		return present;
	}

	private void await(CompletableFuture<?> answer) throws InterruptedException {
		this.deadline.await(answer, SharedOverridesException.class, (cause) -> unavailable(cause + UNCERTAIN));
	}

	/**
	 * Says why nothing can be done for all gateways now.
	 */
	private static ProblemException unavailable(String cause) {
		return new ProblemException(HttpStatus.SERVICE_UNAVAILABLE, "cluster-scope-unavailable",
				"scope: CLUSTER cannot be had now: %s; LOCAL always can, gateway by gateway".formatted(cause),
				Map.of("cause", cause));
	}

}
