package dev.holdfast.admin;

import java.time.Duration;
import java.util.Optional;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.registry.UnreadableRecord;
import org.junit.jupiter.api.Test;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

import static org.assertj.core.api.Assertions.assertThat;

class StatusControllerTests {

	private final FakeRegistry registry = new FakeRegistry().with("users", "u1").with("orders", "o1", "o2");

	private final AdminApi api = new AdminApi(this.registry);

	@Test
	void overviewSaysInOneSentenceWhatStateTheDataIsIn() {
		this.registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT, "connection refused"));
		assertThat(get("/registry")).hasStatusOk().bodyJson().isLenientlyEqualTo("""
				{"sentence": "etcd unreachable since 2026-01-02T03:04:05Z; serving last known endpoints",
				"state": "STALE", "cause": "connection refused", "asOf": "2026-01-02T03:04:05Z",
				"instanceId": "gw-1", "version": "0.1.0",
				"counts": {"services": 2, "instances": 3, "unreadable": 0,
					"servicesByStatus": {"HEALTHY": 0, "STALE": 2, "DEGRADED": 0, "DOWN": 0}},
				"links": {"status": "/registry/status", "services": "/registry/services"}}""");
	}

	@Test
	void overviewWhileThereIsNoDataSaysSo() {
		this.registry.become(new RegistryStatus.Empty("connection refused"));
		assertThat(get("/registry")).bodyJson().isLenientlyEqualTo("""
				{"sentence": "etcd unreachable since the gateway started; there are no endpoints to serve yet",
				"asOf": null}""");
	}

	@Test
	void overviewFromDiskSaysWhenTheEndpointsWereSaved() {
		this.registry.become(new RegistryStatus.FromDisk(FakeRegistry.PROVEN_AT, "no route"));
		assertThat(get("/registry")).bodyJson()
			.extractingPath("$.sentence")
			.isEqualTo("etcd unreachable since the gateway started; serving endpoints saved at 2026-01-02T03:04:05Z");
	}

	@Test
	void statusWhileLiveShowsWhatWasProven() {
		assertThat(get("/registry/status")).hasStatusOk()
			.bodyJson()
			.isStrictlyEqualTo(
					"""
							{"instanceId": "gw-1", "version": "0.1.0", "state": "LIVE", "since": "2026-01-02T03:03:05Z", "cause": "",
							"asOf": "2026-01-02T03:04:05Z",
							"etcd": {"endpoints": [{"url": "http://127.0.0.1:2379", "healthy": true, "lastError": ""}],
								"clusterId": "cdf818194e3a8c32", "revision": 2, "provenAt": "2026-01-02T03:04:05Z",
								"generation": 3, "reconnects": 2},
							"snapshot": null, "overrides": null, "frozen": null, "services": 2, "instances": 3, "held": 0, "unreadable": 0}""");
	}

	@Test
	void whatIsHeldAndFrozenIsInTheSentenceAndTheNumbers() {
		this.registry.hold("orders", "o1", "o2").freeze(Duration.ofMinutes(10), "etcd is being restored").join();
		assertThat(get("/registry")).bodyJson().isLenientlyEqualTo("""
				{"sentence": "etcd reachable; endpoints are current; frozen by an operator until \
				2026-01-02T03:14:05Z, so that no change is applied; 2 removals are held",
				"frozen": {"since": "2026-01-02T03:04:05Z", "until": "2026-01-02T03:14:05Z",
					"reason": "etcd is being restored"},
				"counts": {"instances": 3, "held": 2, "servicesByStatus": {"HEALTHY": 1, "DEGRADED": 1}},
				"links": {"held": "/registry/held", "diff": "/registry/diff", "freeze": "/registry/freeze"}}""");
		assertThat(get("/registry/status")).bodyJson().isLenientlyEqualTo("""
				{"held": 2, "frozen": {"since": "2026-01-02T03:04:05Z", "until": "2026-01-02T03:14:05Z",
					"reason": "etcd is being restored"}}""");
		this.registry.unfreeze().join();
		this.registry.approve(new HeldSelection(Optional.empty(), Optional.of("o1")), "").join();
		assertThat(get("/registry")).bodyJson().isLenientlyEqualTo("""
				{"sentence": "etcd reachable; endpoints are current; 1 removal is held",
				"frozen": null}""");
	}

	@Test
	void statusFromDiskShowsTheSnapshotsAge() {
		this.registry.become(new RegistryStatus.FromDisk(FakeRegistry.PROVEN_AT, "connection refused"));
		this.registry.setMembers(MemberState.failed("http://127.0.0.1:2379", "connection refused"));
		this.registry.setSnapshotFile(new SnapshotFileState("data/registry.json", FakeRegistry.PROVEN_AT, 2, ""));
		assertThat(get("/registry/status")).bodyJson().isLenientlyEqualTo("""
				{"state": "FROM_DISK", "cause": "connection refused", "asOf": "2026-01-02T03:04:05Z",
				"etcd": {"endpoints": [{"healthy": false, "lastError": "connection refused"}], "provenAt": null},
				"snapshot": {"path": "data/registry.json", "savedAt": "2026-01-02T03:04:05Z", "revision": 2}}""");
	}

	@Test
	void unreadableShowsEachRecordWithItsReason() {
		this.registry.setUnreadable(
				new UnreadableRecord("/services/x/1", "address: \"?\" (expected: host:port)", 7,
						FakeRegistry.PROVEN_AT),
				new UnreadableRecord("/services/y/1", "no address", 8, FakeRegistry.PROVEN_AT));
		assertThat(get("/registry/unreadable?q=/x/")).hasStatusOk().bodyJson().isLenientlyEqualTo("""
				{"total": 1, "items": [{"key": "/services/x/1", "modRevision": 7, "since": "2026-01-02T03:04:05Z",
					"reason": "address: \\"?\\" (expected: host:port)"}]}""");
		assertThat(get("/registry")).bodyJson().isLenientlyEqualTo("""
				{"sentence": "etcd reachable; endpoints are current; 2 records are unreadable",
				"counts": {"unreadable": 2}}""");
		assertThat(get("/registry/status")).bodyJson().extractingPath("$.unreadable").isEqualTo(2);
	}

	private MvcTestResult get(String uri) {
		return this.api.tester().get().uri(uri).exchange();
	}

}
