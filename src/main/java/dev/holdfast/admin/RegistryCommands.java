package dev.holdfast.admin;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import dev.holdfast.override.Command;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.Upstreams;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what an operator has every gateway do, and says so in the log, since nobody waits
 * for an answer.
 */
public final class RegistryCommands implements Consumer<Command> {

	private static final Logger logger = LoggerFactory.getLogger(RegistryCommands.class);

	/**
	 * All gateways hear of a command in the same moment, and what each of them asks etcd
	 * for then is large.
	 */
	private static final Duration SPREAD = Duration.ofSeconds(5);

	private final RegistryOperations operations;

	private final Upstreams upstreams;

	private final Overrides overrides;

	private final RandomGenerator random;

	private final BiConsumer<Duration, Runnable> later;

	/**
	 * Creates it.
	 * @param operations what the registry client can be asked to do
	 * @param upstreams have the circuit breakers of services
	 * @param overrides tell whether the registry is frozen
	 * @param random chooses when it is this gateway's turn
	 * @param later has something done after a time; it must return at once
	 */
	public RegistryCommands(RegistryOperations operations, Upstreams upstreams, Overrides overrides,
			RandomGenerator random, BiConsumer<Duration, Runnable> later) {
		this.operations = operations;
		this.upstreams = upstreams;
		this.overrides = overrides;
		this.random = random;
		this.later = later;
	}

	@Override
	public void accept(Command command) {
		switch (command) {
			case Command.Refresh refresh -> spread(command);
			case Command.Reconnect reconnect -> spread(command);
			case Command.Approve approve -> obey(command);
			case Command.Cancel cancel -> obey(command);
			case Command.ResetCircuit reset -> obey(command);
		}
	}

	private void spread(Command command) {
		Duration delay = Duration.ofMillis(this.random.nextLong(SPREAD.toMillis() + 1));
		logger.info("{} for all gateways: on this one in {} ms", describe(command), delay.toMillis());
		this.later.accept(delay, () -> obey(command));
	}

	private void obey(Command command) {
		String what = describe(command);
		String why = command.reason().isEmpty() ? "" : ": " + PrintableText.of(command.reason());
		if (command instanceof Command.Refresh && this.overrides.active().freeze().isPresent()) {
			logger.warn("{} at the word of {} for all gateways{}: not done on this gateway, which is frozen", what,
					PrintableText.of(command.by()), why);
			return;
		}
		logger.info("{} at the word of {} for all gateways{}", what, PrintableText.of(command.by()), why);
		execute(command).exceptionally((failure) -> {
			logger.warn("{}: not done on this gateway: {}", what, failure.getMessage());
			return null;
		});
	}

	private CompletableFuture<?> execute(Command command) {
		return switch (command) {
			case Command.Approve approve ->
				this.operations.approve(new HeldSelection(approve.service(), approve.instance()), approve.reason());
			case Command.Cancel cancel -> this.operations.cancel(new HeldSelection(cancel.service(), cancel.instance()),
					cancel.time(), cancel.reason());
			case Command.Refresh refresh -> this.operations.refresh();
			case Command.Reconnect reconnect -> this.operations.reconnect();
			case Command.ResetCircuit reset -> {
				Upstream upstream = this.upstreams.find(reset.service());
				if (upstream != null) {
					upstream.resetCircuit();
				}
				yield CompletableFuture.completedFuture(null);
			}
		};
	}

	private static String describe(Command command) {
		return switch (command) {
			case Command.Approve approve ->
				"Held removals of " + of(approve.service(), approve.instance()) + " approved";
			case Command.Cancel cancel -> "Held removals of %s cancelled for %d s"
				.formatted(of(cancel.service(), cancel.instance()), cancel.time().toSeconds());
			case Command.Refresh refresh -> "Registry listed anew";
			case Command.Reconnect reconnect -> "Connection to the registry made anew";
			case Command.ResetCircuit reset -> "Circuit of %s reset".formatted(reset.service());
		};
	}

	private static String of(Optional<ServiceName> service, Optional<String> instance) {
		String name = service.map(ServiceName::value).orElse("all services");
		return instance.map((id) -> "%s of %s".formatted(PrintableText.of(id), name)).orElse(name);
	}

}
