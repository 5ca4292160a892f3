package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Hands what operators want to the reflector's thread.
 */
final class PostedOperations implements RegistryOperations {

	private final Mailbox mailbox;

	private final Reconciler reconciler;

	PostedOperations(Mailbox mailbox, Reconciler reconciler) {
		this.mailbox = mailbox;
		this.reconciler = reconciler;
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
		return ask((reconciler) -> reconciler.approve(selection, reason));
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> cancel(HeldSelection selection, Duration time, String reason) {
		return ask((reconciler) -> reconciler.cancel(selection, time, reason));
	}

	@Override
	public CompletableFuture<Void> freeze(Freeze freeze) {
		return this.<@Nullable Void>ask((reconciler) -> {
			reconciler.freeze(freeze);
			return null;
		});
	}

	@Override
	public CompletableFuture<Void> unfreeze() {
		return this.<@Nullable Void>ask((reconciler) -> {
			reconciler.unfreeze();
			return null;
		});
	}

	@Override
	public CompletableFuture<Void> settled() {
		return this.<@Nullable Void>ask((reconciler) -> null);
	}

	@Override
	public void note(ServiceName service, Change.Cause cause, String instance, String detail) {
		this.mailbox.post(new Mailbox.Message.Task(() -> this.reconciler.note(service, cause, instance, detail)));
	}

	private <T extends @Nullable Object> CompletableFuture<T> ask(Function<Reconciler, T> question) {
		return CompletableFuture.supplyAsync(() -> {
			T answer = question.apply(this.reconciler);
			// Who hears the answer must find what it says.
			this.reconciler.publish();
			return answer;
		}, (action) -> this.mailbox.post(new Mailbox.Message.Task(action)));
	}

}
