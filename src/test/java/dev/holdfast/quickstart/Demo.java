package dev.holdfast.quickstart;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.holdfast.testing.EtcdProcess;

/**
 * All that the gateway needs around it: an etcd, and three backends of two services that
 * keep themselves registered.
 */
public final class Demo implements AutoCloseable {

	private static final Duration TTL = Duration.ofSeconds(10);

	private final EtcdProcess etcd;

	private final List<DemoBackend> backends;

	private final List<DemoRegistration> registrations;

	private Demo(EtcdProcess etcd) {
		this.etcd = etcd;
		this.backends = List.of(DemoBackend.start("orders", "orders-1"), DemoBackend.start("orders", "orders-2"),
				DemoBackend.start("users", "users-1"));
		this.registrations = this.backends.stream()
			.map((backend) -> DemoRegistration.start(etcd.endpoint(), backend.key(), backend.record(), TTL))
			.toList();
	}

	/**
	 * Starts everything.
	 * @param binary the etcd to run
	 * @return what has been started
	 */
	public static Demo start(Path binary) {
		return new Demo(EtcdProcess.start(binary, "127.0.0.1"));
	}

	/**
	 * Return the etcd that they are registered in.
	 */
	public EtcdProcess etcd() {
		return this.etcd;
	}

	@Override
	public void close() {
		this.registrations.forEach(DemoRegistration::close);
		this.backends.forEach(DemoBackend::close);
		this.etcd.close();
	}

}
