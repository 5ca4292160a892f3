package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.SharedOverrides;
import dev.holdfast.override.SharedOverridesException;

/**
 * Overrides that several gateways share, of which this one is told at once.
 */
final class FakeSharedOverrides implements SharedOverrides {

	final List<Command> commands = new ArrayList<>();

	private final Map<String, OperatorOverride> shared = new HashMap<>();

	private final Overrides overrides;

	private int puts;

	private String unavailable = "";

	private String failure = "";

	FakeSharedOverrides(Overrides overrides) {
		this.overrides = overrides;
	}

	/**
	 * Loses everything, as an etcd that is wiped.
	 */
	void forget() {
		this.shared.clear();
		this.overrides.keepLost(List.of());
	}

	int puts() {
		return this.puts;
	}

	FakeSharedOverrides away(String reason) {
		this.unavailable = reason;
		return this;
	}

	FakeSharedOverrides failing(String message) {
		this.failure = message;
		return this;
	}

	@Override
	public CompletableFuture<Void> put(OperatorOverride override) {
		if (!this.failure.isEmpty()) {
			return CompletableFuture.failedFuture(new SharedOverridesException(this.failure));
		}
		this.puts++;
		this.shared.put(override.key(), override);
		this.overrides.replaceShared(this.shared.values());
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Boolean> remove(Action action) {
		boolean removed = this.shared.remove(action.key()) != null;
		this.overrides.replaceShared(this.shared.values());
		return CompletableFuture.completedFuture(removed);
	}

	@Override
	public CompletableFuture<Void> command(Command command) {
		this.commands.add(command);
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public Optional<String> unavailable() {
		return this.unavailable.isEmpty() ? Optional.empty() : Optional.of(this.unavailable);
	}

}
