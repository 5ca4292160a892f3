package dev.holdfast.registry.etcd;

import java.net.InetAddress;
import java.net.URI;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.registry.MemberState;

/**
 * One member of the cluster, or the several that one name stands for, and how the last
 * contact went. Safe on any thread.
 */
final class Member {

	private final URI url;

	private final AtomicInteger turn = new AtomicInteger();

	private volatile MemberState state;

	/** As it said itself; 0 while it has not. */
	private volatile long id;

	private volatile String version = "";

	Member(URI url) {
		this.url = url;
		this.state = MemberState.unknown(url.toString());
	}

	URI url() {
		return this.url;
	}

	MemberState state() {
		return this.state;
	}

	void answered() {
		if (!this.state.healthy().orElse(false)) {
			this.state = MemberState.answered(this.url.toString());
		}
	}

	void failed(String error) {
		this.state = MemberState.failed(this.url.toString(), error);
	}

	/**
	 * Takes note of what it says of itself.
	 */
	void identified(long id, String version) {
		this.id = id;
		this.version = version;
		answered();
	}

	/**
	 * By which id alarms name it, 0 while that is unknown.
	 */
	long id() {
		return this.id;
	}

	/**
	 * The version that it runs, empty while that is unknown.
	 */
	String version() {
		return this.version;
	}

	/**
	 * Takes the next address in turn. Left to gRPC it would be the first that accepts
	 * connections, also when the process behind it hangs.
	 * @param addresses what the member's name stands for now
	 * @return the address, empty when there is no choice
	 */
	Optional<InetAddress> next(List<InetAddress> addresses) {
		if (addresses.size() < 2) {
			return Optional.empty();
		}
		// Name servers give them in another order each time.
		List<InetAddress> sorted = addresses.stream()
			.sorted(Comparator.comparing(InetAddress::getHostAddress))
			.toList();
		return Optional.of(sorted.get(Math.floorMod(this.turn.getAndIncrement(), sorted.size())));
	}

}
