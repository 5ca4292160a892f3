package dev.holdfast.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Operators who wait for a list.
 */
final class Requests {

	private final List<CompletableFuture<RefreshResult>> refreshes = new ArrayList<>();

	private final List<CompletableFuture<RegistryDiff>> diffs = new ArrayList<>();

	void add(CompletableFuture<RefreshResult> refresh) {
		this.refreshes.add(refresh);
	}

	void addDiff(CompletableFuture<RegistryDiff> diff) {
		this.diffs.add(diff);
	}

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
		others.refreshes.clear();
		others.diffs.clear();
	}

	void answer(RegistryDiff diff) {
		List.copyOf(this.diffs).forEach((waiting) -> waiting.complete(diff));
		this.diffs.clear();
	}

	void answer(RefreshResult result) {
		List.copyOf(this.refreshes).forEach((waiting) -> waiting.complete(result));
		this.refreshes.clear();
	}

	void fail(RegistryException failure) {
		List.copyOf(this.refreshes).forEach((waiting) -> waiting.completeExceptionally(failure));
		List.copyOf(this.diffs).forEach((waiting) -> waiting.completeExceptionally(failure));
		this.refreshes.clear();
		this.diffs.clear();
	}

}
