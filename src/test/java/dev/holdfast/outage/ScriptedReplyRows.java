package dev.holdfast.outage;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.testing.WatchAnswer;
import io.grpc.Status;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replies that end a watch, or leave it open and silent, each for as long as the row
 * lasts: the client is put off again and again.
 */
final class ScriptedReplyRows {

	private static final List<Status> ENDS = List.of(Status.CANCELLED, Status.UNKNOWN, Status.DEADLINE_EXCEEDED,
			Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied"), Status.RESOURCE_EXHAUSTED,
			Status.FAILED_PRECONDITION.withDescription("etcdserver: not capable"), Status.ABORTED, Status.OUT_OF_RANGE,
			Status.UNIMPLEMENTED, Status.INTERNAL, Status.UNAVAILABLE.withDescription("etcdserver: no leader"),
			Status.DATA_LOSS, Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"));

	static final List<Outage<ScriptedReplies>> ALL = all();

	private ScriptedReplyRows() {
	}

	private static List<Outage<ScriptedReplies>> all() {
		List<Outage<ScriptedReplies>> rows = new ArrayList<>();
		ENDS.forEach((status) -> rows.add(watches("watches end with " + words(status), new WatchAnswer.Failure(status))
			.stale(status.getCode().name())));
		rows.add(watches("watches complete OK", new WatchAnswer.Completion()).stale("completed").essential());
		rows.add(watches("watches are reset (RST_STREAM)", new WatchAnswer.Reset()).stale("CANCELLED"));
		rows.add(watches("watches are created and cancelled in one reply",
				new WatchAnswer.CreatedAndCancelled("etcdserver: because"))
			.stale("watch"));
		rows.add(watches("watches are created, and silent ever after", new WatchAnswer.Silence()).stale("watch")
			.essential());
		rows.add(watches("watches are never answered", new WatchAnswer.Nothing()).stale("watch"));
		rows.add(reads(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests")));
		rows.add(reads(Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token")));
		rows.add(reads(Status.UNAVAILABLE.withDescription("etcdserver: request timed out")));
		rows.add(cutAfterCreated());
		return rows;
	}

	private static String words(Status status) {
		String description = status.getDescription();
		return status.getCode() + ((description != null) ? " \"" + description + "\"" : "");
	}

	private static Outage<ScriptedReplies> row(String name) {
		return Outage.of(name);
	}

	private static Outage<ScriptedReplies> watches(String name, WatchAnswer answer) {
		return row(name).fault((stage) -> stage.etcd().answerWatches(answer)).repair((stage) -> stage.etcd().behave());
	}

	private static Outage<ScriptedReplies> reads(Status status) {
		return row("reads fail with " + words(status)).fault((stage) -> stage.etcd().failReads(status))
			.repair((stage) -> stage.etcd().behave())
			.stale(status.getCode().name());
	}

	// What changes between two breaks is in neither the old watch nor, if its start had
	// moved on to the revision of "created", the new one.
	private static Outage<ScriptedReplies> cutAfterCreated() {
		return watches("watches cut right after \"created\", while registrations come and go",
				new WatchAnswer.Failure(Status.UNAVAILABLE))
			.meanwhile((stage) -> {
				for (int i = 0; i < 10; i++) {
					stage.put("/services/late-" + i + "/a", stage.first().address());
				}
				stage.delete("/services/late-0/a");
			})
			.afterwards((stage) -> {
				for (int i = 1; i < 10; i++) {
					assertThat(stage.gateway().get("/late-" + i + "/v1").statusCode()).isEqualTo(200);
					stage.delete("/services/late-" + i + "/a");
				}
				stage.awaitInstances(2);
			})
			.stale("UNAVAILABLE");
	}

}
