package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.HostLookup;
import org.jspecify.annotations.Nullable;

/**
 * Name servers that know one name, and a time that is moved by hand.
 */
public final class FakeNames implements HostLookup {

	public final AtomicLong now = new AtomicLong(1_000_000);

	public final AtomicInteger lookups = new AtomicInteger();

	/** Empty when there is no answer. */
	private volatile List<InetAddress> addresses = List.of();

	public FakeNames(String... addresses) {
		answer(addresses);
	}

	/**
	 * What is answered from now on, nothing for a failure.
	 */
	public void answer(String... addresses) {
		try {
			InetAddress[] parsed = new InetAddress[addresses.length];
			for (int i = 0; i < parsed.length; i++) {
				parsed[i] = InetAddress.getByName(addresses[i]);
			}
			this.addresses = List.of(parsed);
		}
		catch (UnknownHostException ex) {
			throw new IllegalArgumentException(ex);
		}
	}

	@Override
	public List<InetAddress> lookUp(String host) throws UnknownHostException {
		this.lookups.incrementAndGet();
		List<InetAddress> found = this.addresses;
		if (found.isEmpty()) {
			throw new UnknownHostException(host + ": no answer");
		}
		return found;
	}

	/**
	 * What asks them, on the thread that needs the answer.
	 */
	public HostResolver resolver() {
		return resolver(Runnable::run);
	}

	public HostResolver resolver(Executor executor) {
		return new HostResolver(this, executor, this.now::get);
	}

	/**
	 * Runs what it is given when it is told to.
	 */
	public static final class Later implements Executor {

		private final Queue<Runnable> tasks = new ArrayDeque<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		/**
		 * Runs the oldest task.
		 * @return whether there was one
		 */
		public boolean run() {
			@Nullable Runnable task = this.tasks.poll();
			if (task != null) {
				task.run();
			}
			return task != null;
		}

	}

}
