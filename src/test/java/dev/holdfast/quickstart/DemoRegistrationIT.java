package dev.holdfast.quickstart;

import java.time.Duration;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.awaitility.Awaitility.await;

class DemoRegistrationIT {

	private static final String KEY = "/services/orders/a";

	private static final Duration TTL = Duration.ofSeconds(2);

	private EtcdProcess etcd;

	private EtcdKeys keys;

	@BeforeEach
	void start() {
		this.etcd = EtcdProcess.start();
		this.keys = new EtcdKeys(this.etcd.endpoint());
	}

	@AfterEach
	void stop() {
		this.keys.close();
		this.etcd.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void recordIsKeptAliveAgainAfterEtcdWasAwayOrHung(boolean killed) {
		try (DemoRegistration registration = DemoRegistration.start(this.etcd.endpoint(), KEY, "127.0.0.1:1", TTL)) {
			await().until(registration::isRegistered);
			if (killed) {
				this.etcd.kill();
			}
			else {
				this.etcd.pause();
			}
			await().until(() -> !registration.isRegistered());
			if (killed) {
				this.etcd.restart();
			}
			else {
				this.etcd.resume();
			}
			await().until(registration::isRegistered);
			await().during(TTL.multipliedBy(3)).until(() -> this.keys.get(KEY).isPresent());
		}
	}

}
