package dev.holdfast.outage;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.Folders;
import dev.holdfast.testing.MuteServer;
import dev.holdfast.testing.TestBackend;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.maintenance.AlarmType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What can happen to one etcd, to the network before it, and to the gateway itself.
 */
final class OneMemberRows {

	private static final String UNREACHABLE = "refused|UNAVAILABLE|reset|closed";

	private static final String SILENT = "no proof of delivery|DEADLINE_EXCEEDED|UNAVAILABLE|Keepalive";

	static final List<Outage<OneMember>> ALL = List.of(
			killed("etcd killed, back after 1 s", Duration.ofSeconds(1)).essential(),
			killed("etcd killed, back after 60 s", Duration.ofSeconds(60)).slow(),
			killed("etcd killed, back after 6 min", Duration.ofMinutes(6)).slow(),
			row("port refused").fault((stage) -> stage.proxy().refuse())
				.lasts(Duration.ofSeconds(5))
				.repair((stage) -> stage.proxy().pass())
				.stale(UNREACHABLE),
			row("half-open: packets vanish").fault((stage) -> stage.proxy().blackhole())
				.repair((stage) -> stage.proxy().pass())
				.stale(SILENT)
				.essential(),
			row("etcd hangs (SIGSTOP)").fault((stage) -> stage.etcd().pause())
				.repair((stage) -> stage.etcd().resume())
				.stale(SILENT),
			row("every connection reset as soon as it speaks").fault((stage) -> stage.proxy().cutAfter(0))
				.repair((stage) -> stage.proxy().pass())
				.stale(UNREACHABLE),
			row("connections break once").fault((stage) -> stage.proxy().reset()).briefly(), answering500(), mute(),
			compaction(), snapshotNotWritable().essential(), oddRecords().essential(), noSpace(),
			halted("the gateway's JVM stopped for 10 s", Duration.ofSeconds(10)),
			halted("the gateway's JVM stopped for 60 s", Duration.ofSeconds(60)).slow());

	private OneMemberRows() {
	}

	private static Outage<OneMember> row(String name) {
		return Outage.of(name);
	}

	private static Outage<OneMember> killed(String name, Duration time) {
		return row(name).fault((stage) -> stage.etcd().kill())
			.lasts(time)
			.repair((stage) -> stage.etcd().restart())
			.stale(UNREACHABLE);
	}

	private static Outage<OneMember> answering500() {
		TestBackend[] between = new TestBackend[1];
		return row("a proxy between answers 500").fault((stage) -> {
			between[0] = TestBackend.start("proxy",
					(request) -> request.response().setStatusCode(500).end("<html>Internal Server Error</html>"));
			stage.proxy().leadTo(between[0].port());
		}).repair((stage) -> {
			stage.proxy().leadTo(stage.etcd().port());
			between[0].close();
		}).stale("HTTP status 500 in place of etcd's answer");
	}

	private static Outage<OneMember> mute() {
		MuteServer[] between = new MuteServer[1];
		return row("TCP accepts, and HTTP/2 settings never come").fault((stage) -> {
			between[0] = MuteServer.start();
			stage.proxy().leadTo(between[0].port());
		}).lasts(Duration.ofSeconds(5)).repair((stage) -> {
			stage.proxy().leadTo(stage.etcd().port());
			between[0].close();
		}).stale(UNREACHABLE + "|" + SILENT);
	}

	private static Outage<OneMember> compaction() {
		return row("compaction while cut off, a registration deleted before it").given((stage) -> {
			stage.put("/services/users/a", stage.first().address());
			stage.awaitInstances(3);
		}).fault((stage) -> stage.proxy().refuse()).meanwhile((stage) -> {
			stage.delete("/services/users/a");
			stage.put("/services/late/a", stage.first().address());
			stage.keys().compact(stage.keys().put("/elsewhere", "1"));
		}).repair((stage) -> stage.proxy().pass()).afterwards((stage) -> {
			await().atMost(Outage.RECOVERY)
				.untilAsserted(() -> assertThat(stage.gateway().get("/users/v1").statusCode()).isEqualTo(503));
			assertThat(stage.gateway().get("/late/v1").statusCode()).isEqualTo(200);
			stage.delete("/services/late/a");
			stage.awaitInstances(2);
		}).stale(UNREACHABLE);
	}

	// A file where the folder should be stops even a process that may write everywhere.
	private static Outage<OneMember> snapshotNotWritable() {
		return row("the snapshot's disk takes nothing").fault((stage) -> {
			delete(stage.data());
			write(stage.data(), "in the way");
			stage.put("/services/users/a", stage.first().address());
			await().atMost(Outage.NOTICE)
				.untilAsserted(
						() -> assertThat(stage.gateway().status().at("/snapshot/lastError").asText()).isNotEmpty());
		}).repair((stage) -> {
			delete(stage.data());
			stage.delete("/services/users/a");
		})
			.afterwards((stage) -> await().untilAsserted(
					() -> assertThat(stage.gateway().status().at("/snapshot/lastError").asText()).isEmpty()));
	}

	private static Outage<OneMember> oddRecords() {
		return row("records malformed, huge and binary").fault((stage) -> {
			stage.put(Stage.SERVICE + "a", "{\"url\":");
			stage.put(Stage.SERVICE + "huge", "x".repeat(1_000_000));
			binary(stage.keys());
			await().atMost(Outage.NOTICE)
				.untilAsserted(() -> assertThat(stage.gateway().status().path("unreadable").asInt()).isEqualTo(3));
			// Its last good value stays.
			stage.awaitInstances(2);
		}).repair((stage) -> {
			stage.keys().deletePrefix(Stage.SERVICE + "huge");
			stage.keys().deletePrefix(Stage.SERVICE + "binary");
			stage.register();
		})
			.afterwards((stage) -> await().atMost(Outage.RECOVERY)
				.untilAsserted(() -> assertThat(stage.gateway().status().path("unreadable").asInt()).isZero()));
	}

	private static void binary(EtcdKeys keys) {
		byte[] bytes = new byte[256];
		for (int i = 0; i < bytes.length; i++) {
			bytes[i] = (byte) i;
		}
		keys.call((client) -> client.getKVClient()
			.put(ByteSequence.from(Stage.SERVICE + "binary", StandardCharsets.UTF_8), ByteSequence.from(bytes)));
	}

	// Beyond the quota etcd refuses writes, not reads, watches and deletions.
	private static Outage<OneMember> noSpace() {
		return row("NOSPACE alarm").fault((stage) -> {
			int filled = 0;
			try {
				while (true) {
					stage.put("/elsewhere/" + filled, "x".repeat(1_000_000));
					filled++;
				}
			}
			catch (IllegalStateException ex) {
				assertThat(ex).hasMessageContaining("space exceeded");
			}
			stage.delete(Stage.SERVICE + "b");
			stage.awaitInstances(1);
			stage.keys().deletePrefix("/elsewhere/");
			free(stage);
		}).afterwards((stage) -> {
			stage.register();
			stage.awaitInstances(2);
		});
	}

	// Compaction frees pages, and only defragmentation makes the file smaller again.
	private static void free(OneMember stage) {
		EtcdKeys keys = stage.keys();
		keys.compact(keys.call((client) -> client.getKVClient().get(ByteSequence.from("/", StandardCharsets.UTF_8)))
			.getHeader()
			.getRevision());
		keys.call((client) -> client.getMaintenanceClient().defragmentMember(stage.etcd().endpoint()));
		keys.call((client) -> client.getMaintenanceClient().listAlarms())
			.getAlarms()
			.stream()
			.filter((alarm) -> alarm.getAlarmType() == AlarmType.NOSPACE)
			.forEach((alarm) -> keys.call((client) -> client.getMaintenanceClient().alarmDisarm(alarm)));
	}

	private static Outage<OneMember> halted(String name, Duration time) {
		return row(name).fault((stage) -> stage.gateway().pause())
			.lasts(time)
			.repair((stage) -> stage.gateway().resume())
			.told(new Told.Halted());
	}

	private static void delete(Path path) {
		try {
			Folders.delete(path);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

	private static void write(Path path, String text) {
		try {
			Files.writeString(path, text);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
