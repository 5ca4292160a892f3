package dev.holdfast.registry.reflector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryException;

/**
 * Operators who wait for a list, or for a new connection.
 */
final class Requests {

	private final List<CompletableFuture<RefreshResult>> refreshes = new ArrayList<>();

	private final List<CompletableFuture<RegistryDiff>> diffs = new ArrayList<>();

	private final List<CompletableFuture<Long>> reconnects = new ArrayList<>();

	void add(CompletableFuture<RefreshResult> refresh) {
		this.refreshes.add(refresh);
	}

	void addDiff(CompletableFuture<RegistryDiff> diff) {
		this.diffs.add(diff);
	}

	void addReconnect(CompletableFuture<Long> reconnect) {
		this.reconnects.add(reconnect);
	}

	/**
	 * Whether nobody waits for a list.
	 */
	boolean isEmpty() {
		return this.refreshes.isEmpty() && this.diffs.isEmpty();
	}

	/**
	 * Whether somebody waits for what a list has to be applied, not only compared.
	 */
	boolean hasRefreshes() {
		return !this.refreshes.isEmpty();
	}

	boolean hasDiffs() {
		return !this.diffs.isEmpty();
	}

	/**
	 * Takes over those who wait elsewhere.
	 */
	void addAll(Requests others) {
		this.refreshes.addAll(others.refreshes);
		this.diffs.addAll(others.diffs);
		this.reconnects.addAll(others.reconnects);
		others.refreshes.clear();
		others.diffs.clear();
		others.reconnects.clear();
	}

	void answer(RegistryDiff diff) {
		List.copyOf(this.diffs).forEach((waiting) -> waiting.complete(diff));
		this.diffs.clear();
	}

	void answer(RefreshResult result) {
		List.copyOf(this.refreshes).forEach((waiting) -> waiting.complete(result));
		this.refreshes.clear();
	}

	/**
	 * A session has begun.
	 */
	void answer(long session) {
		List.copyOf(this.reconnects).forEach((waiting) -> waiting.complete(session));
		this.reconnects.clear();
	}

	void fail(RegistryException failure) {
		List.copyOf(this.refreshes).forEach((waiting) -> waiting.completeExceptionally(failure));
		List.copyOf(this.diffs).forEach((waiting) -> waiting.completeExceptionally(failure));
		List.copyOf(this.reconnects).forEach((waiting) -> waiting.completeExceptionally(failure));
		this.refreshes.clear();
		this.diffs.clear();
		this.reconnects.clear();
	}

}
