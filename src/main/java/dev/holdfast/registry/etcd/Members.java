package dev.holdfast.registry.etcd;

import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

import dev.holdfast.registry.MemberState;

/**
 * The cluster's members, whose turn it is, and how the last contact with each went. Safe
 * on any thread.
 */
final class Members {

	private final List<URI> urls;

	private final AtomicReferenceArray<MemberState> states;

	private final AtomicInteger turn = new AtomicInteger();

	Members(List<URI> urls) {
		this.urls = urls;
		this.states = new AtomicReferenceArray<>(urls.size());
		for (int i = 0; i < urls.size(); i++) {
			this.states.set(i, MemberState.unknown(urls.get(i).toString()));
		}
	}

	/**
	 * Takes the next member in turn.
	 * @return its index
	 */
	int next() {
		return Math.floorMod(this.turn.getAndIncrement(), this.urls.size());
	}

	URI url(int index) {
		return this.urls.get(index);
	}

	void answered(int index) {
		if (!this.states.get(index).healthy().orElse(false)) {
			this.states.set(index, MemberState.answered(this.urls.get(index).toString()));
		}
	}

	void failed(int index, String error) {
		this.states.set(index, MemberState.failed(this.urls.get(index).toString(), error));
	}

	List<MemberState> states() {
		MemberState[] copy = new MemberState[this.states.length()];
		for (int i = 0; i < copy.length; i++) {
			copy[i] = this.states.get(i);
		}
		return List.of(copy);
	}

}
