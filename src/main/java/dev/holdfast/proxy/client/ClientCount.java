package dev.holdfast.proxy.client;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.TrafficLimits;
import org.jspecify.annotations.Nullable;

/**
 * How many connections clients have, on all event loops together.
 */
public final class ClientCount {

	private final int most;

	private final int mostPerAddress;

	private final AtomicInteger all = new AtomicInteger();

	/** Empty when an address may have as many as all together. */
	private final ConcurrentMap<String, Integer> byAddress = new ConcurrentHashMap<>();

	/**
	 * Begin with none.
	 * @param limits how many there may be
	 */
	public ClientCount(TrafficLimits limits) {
		this.most = limits.maxConnections();
		this.mostPerAddress = limits.maxConnectionsPerAddress();
	}

	/**
	 * Count a connection if there may be one more. Must then be followed by one
	 * {@link #release}.
	 * @param address the peer's IP address
	 * @return why there may not, {@code null} when there may
	 */
	@Nullable ClientRefusal admit(String address) {
		if (this.all.incrementAndGet() > this.most) {
			this.all.decrementAndGet();
			return ClientRefusal.CONNECTIONS;
		}
		if (this.mostPerAddress > 0 && this.byAddress.merge(address, 1, Integer::sum) > this.mostPerAddress) {
			release(address);
			return ClientRefusal.CONNECTIONS_PER_ADDRESS;
		}
		return null;
	}

	/**
	 * Count a connection no more.
	 * @param address the peer's IP address
	 */
	void release(String address) {
		this.all.decrementAndGet();
		if (this.mostPerAddress > 0) {
			this.byAddress.computeIfPresent(address, (key, count) -> (count > 1) ? count - 1 : null);
		}
	}

}
