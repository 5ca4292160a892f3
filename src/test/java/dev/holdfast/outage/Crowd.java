package dev.holdfast.outage;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TcpProxy;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.PutOption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An etcd behind a proxy, many instances, and a gateway whose memory is bounded.
 */
final class Crowd extends Stage {

	private static final int INSTANCES = 100_000;

	private static final int SERVICES = 1_000;

	private static final int FLOOD_SECONDS = 30;

	private static final int PUTS_PER_SECOND = 10_000;

	private static final int BATCH = 100;

	private static final int IN_FLIGHT = 8;

	private static final Duration PATIENCE = Duration.ofMinutes(2);

	static final List<Outage<Crowd>> ROWS = List.of(
			Outage.<Crowd>of("100 000 instances registered at once").fault(Crowd::fill).briefly().slow(),
			Outage.<Crowd>of("the watch cut with 100 000 instances")
				.fault((stage) -> stage.proxy.reset())
				.afterwards((stage) -> stage.awaitCount(INSTANCES + 2))
				.briefly()
				.slow(),
			Outage.<Crowd>of("10 000 puts/s for 30 s").fault(Crowd::flood).briefly().slow());

	private final EtcdProcess etcd = open(EtcdProcess.start());

	private final EtcdKeys keys = open(new EtcdKeys(this.etcd.endpoint()));

	private final TcpProxy proxy = open(TcpProxy.before(this.etcd.address(), this.etcd.port()));

	private final GatewayProcess gateway;

	Crowd(Closer closer) {
		super(closer);
		register();
		this.gateway = open(GatewayProcess.with(this.proxy.url()).jvmFlags("-Xmx512m").start());
	}

	private void fill() {
		put(INSTANCES, (i) -> "/services/crowd-%d/%d".formatted(i % SERVICES, i),
				(i) -> "10.%d.%d.%d:8080".formatted(i >> 16, (i >> 8) & 255, i & 255));
		awaitCount(INSTANCES + 2);
	}

	// Every key changes ten times a second, and the last change counts.
	private void flood() {
		int before = this.gateway.status().path("instances").asInt();
		for (int second = 0; second < FLOOD_SECONDS; second++) {
			long begun = System.nanoTime();
			int port = 9000 + second;
			put(PUTS_PER_SECOND, (i) -> "/services/flood/" + i % SERVICES,
					(i) -> "10.0.%d.%d:%d".formatted(i % SERVICES >> 8, i % SERVICES & 255, port));
			LockSupport.parkNanos(Duration.ofSeconds(1).toNanos() - (System.nanoTime() - begun));
		}
		awaitCount(before + SERVICES);
		String last = ":" + (9000 + FLOOD_SECONDS - 1);
		await().atMost(PATIENCE)
			.untilAsserted(() -> assertThat(GatewayProcess.json(this.gateway.getAdmin("/registry/services/flood"))
				.path("instances")
				.valueStream()
				.map((instance) -> instance.path("url").asText())
				.toList()).hasSize(SERVICES).allMatch((url) -> url.endsWith(last)));
	}

	private void put(int count, IntFunction<String> key, IntFunction<String> value) {
		Semaphore slots = new Semaphore(IN_FLIGHT);
		List<CompletableFuture<TxnResponse>> answers = new ArrayList<>();
		try (Client client = Client.builder().endpoints(this.etcd.endpoint()).build()) {
			for (int from = 0; from < count; from += BATCH) {
				Op[] puts = new Op[BATCH];
				for (int i = 0; i < BATCH; i++) {
					puts[i] = Op.put(bytes(key.apply(from + i)), bytes(value.apply(from + i)), PutOption.DEFAULT);
				}
				slots.acquireUninterruptibly();
				CompletableFuture<TxnResponse> answer = client.getKVClient().txn().Then(puts).commit();
				answers.add(answer.whenComplete((response, error) -> slots.release()));
			}
			CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).join();
		}
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	private void awaitCount(int count) {
		await().atMost(PATIENCE).untilAsserted(() -> {
			assertThat(this.gateway.isAlive()).as(this.gateway.tail()).isTrue();
			assertThat(this.gateway.status().path("instances").asInt()).isEqualTo(count);
		});
	}

	@Override
	GatewayProcess gateway() {
		return this.gateway;
	}

	@Override
	void put(String key, String value) {
		this.keys.put(key, value);
	}

	@Override
	void delete(String key) {
		this.keys.delete(key);
	}

}
