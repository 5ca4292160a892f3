package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Hands what operators want to the reflector's thread.
 */
final class PostedOperations implements RegistryOperations {

	private final Mailbox mailbox;

	private final SnapshotPublisher publisher;

	private final ColdStart coldStart;

	private final HeldRemovals held;

	private final History history;

	PostedOperations(Mailbox mailbox, SnapshotPublisher publisher, ColdStart coldStart, HeldRemovals held,
			History history) {
		this.mailbox = mailbox;
		this.publisher = publisher;
		this.coldStart = coldStart;
		this.held = held;
		this.history = history;
	}

	@Override
	public CompletableFuture<RefreshResult> refresh() {
		CompletableFuture<RefreshResult> result = new CompletableFuture<>();
		this.mailbox.post(new Mailbox.Message.Refresh(result));
		return result;
	}

	@Override
	public CompletableFuture<RegistryDiff> diff() {
		CompletableFuture<RegistryDiff> result = new CompletableFuture<>();
		this.mailbox.post(new Mailbox.Message.Diff(result));
		return result;
	}

	@Override
	public CompletableFuture<Long> reconnect() {
		CompletableFuture<Long> result = new CompletableFuture<>();
		this.mailbox.post(new Mailbox.Message.Reconnect(result));
		return result;
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> approve(HeldSelection selection, String reason) {
		return ask(() -> this.held.approve(selection, reason));
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> cancel(HeldSelection selection, Duration time, String reason) {
		return ask(() -> this.held.cancel(selection, time, reason));
	}

	@Override
	public CompletableFuture<Void> freeze(Freeze freeze) {
		return order(() -> {
			this.coldStart.finish();
			this.publisher.freeze(freeze);
		});
	}

	@Override
	public CompletableFuture<Void> unfreeze() {
		return order(this.publisher::unfreeze);
	}

	@Override
	public CompletableFuture<Void> settled() {
		return order(() -> {
		});
	}

	@Override
	public void note(ServiceName service, Change.Cause cause, String instance, String detail) {
		this.mailbox.post(new Mailbox.Message.Task(
				() -> this.history.record(service, this.publisher.revision().number(), cause, instance, detail)));
	}

	private CompletableFuture<Void> order(Runnable action) {
		return this.<@Nullable Void>ask(() -> {
			action.run();
			return null;
		});
	}

	private <T extends @Nullable Object> CompletableFuture<T> ask(Supplier<T> question) {
		return CompletableFuture.supplyAsync(() -> {
			T answer = question.get();
			// Who hears the answer must find what it says.
			this.publisher.publish();
			return answer;
		}, (action) -> this.mailbox.post(new Mailbox.Message.Task(action)));
	}

}
