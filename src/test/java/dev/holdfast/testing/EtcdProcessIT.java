package dev.holdfast.testing;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class EtcdProcessIT {

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
		assertThat(this.etcd.folder()).doesNotExist();
	}

	@Test
	void restartAfterKillKeepsPortAndData() {
		this.keys.put("/services/orders/a", "127.0.0.1:1");
		String endpoint = this.etcd.endpoint();
		this.etcd.kill();
		assertThat(this.etcd.isAlive()).isFalse();
		this.etcd.restart();
		assertThat(this.etcd.endpoint()).isEqualTo(endpoint);
		assertThat(this.keys.get("/services/orders/a")).contains("127.0.0.1:1");
	}

	@Test
	void pausedProcessAnswersOnlyAfterResume() throws Exception {
		HttpRequest health = HttpRequest.newBuilder(URI.create(this.etcd.endpoint() + "/health"))
			.timeout(Duration.ofMillis(300))
			.build();
		try (HttpClient client = HttpClient.newHttpClient()) {
			this.etcd.pause();
			assertThatThrownBy(() -> client.send(health, HttpResponse.BodyHandlers.discarding()))
				.isInstanceOf(HttpTimeoutException.class);
			assertThat(this.etcd.isAlive()).isTrue();
			this.etcd.resume();
			await().untilAsserted(() -> assertThat(client.send(health, HttpResponse.BodyHandlers.discarding()))
				.matches((response) -> response.statusCode() == 200));
		}
	}

	@Test
	void stopEndsPausedProcess() {
		this.etcd.pause();
		this.etcd.stop();
		assertThat(this.etcd.isAlive()).isFalse();
	}

	@Test
	void keysOfLeaseVanishWhenNobodyKeepsItAlive() {
		long lease = this.keys.grant(Duration.ofSeconds(1));
		this.keys.put("/services/orders/a", "127.0.0.1:1", lease);
		assertThat(this.keys.get("/services/orders/a")).isPresent();
		await().untilAsserted(() -> assertThat(this.keys.get("/services/orders/a")).isEmpty());
	}

	@Test
	void binaryThatIsNamedButMissingIsReportedByName(@TempDir Path folder) {
		DebianProgram binary = EtcdBinary.program(Map.of("ETCD_BIN", folder + "/etcd"), (line) -> {
		});
		assertThatIllegalStateException().isThrownBy(binary::locate)
			.withMessage("ETCD_BIN: \"%s/etcd\" (expected: an executable file)", folder);
	}

	@Test
	void binaryThatIsNowhereIsReportedWithWhatToDo(@TempDir Path folder) {
		DebianProgram binary = EtcdBinary
			.program(Map.of("PATH", folder.toString(), "XDG_CACHE_HOME", folder.toString()), (line) -> {
			});
		assertThatIllegalStateException().isThrownBy(binary::locate)
			.withMessageContaining("Install etcd 3.4 or newer, put it on the PATH, or name its executable in ETCD_BIN");
	}

}
