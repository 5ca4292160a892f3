package dev.holdfast.registry.etcd;

import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.jspecify.annotations.Nullable;

/**
 * Says in plain words why a call failed. What etcd itself says is kept; what gRPC and
 * Netty write for their own developers is not.
 */
final class FailureReason {

	/** The state of a call's channel, its pipeline, and all that follows. */
	private static final Pattern INTERNALS = Pattern
		.compile("(?s)[.;]?\\s*(Name resolution delay|Channel Pipeline|headers: Metadata\\(|\\[(closed|buffered_nanos|"
				+ "remote_addr|connecting|wait_for_ready|was_still_waiting|waiting_for_connection)).*");

	/** The system call that failed, as Netty's native transport tells it. */
	private static final Pattern SYSTEM_CALL = Pattern.compile("\\w+\\(\\.\\.\\) failed with error\\(-\\d+\\): ");

	private static final Pattern GENERIC = Pattern.compile("^(io|ssl) exception *:? *");

	private static final Pattern UNRESOLVED = Pattern.compile("Unable to resolve host (\\S+)");

	private static final Pattern HTTP_STATUS = Pattern.compile("HTTP status code (\\d+)");

	private static final Pattern STREAM_RESET = Pattern.compile("RST_STREAM closed stream.*error code: (\\w+)");

	private FailureReason() {
	}

	/**
	 * Gives the reason in one line, with the status code of gRPC in brackets when there
	 * is one.
	 * @param chain the failure and its causes
	 * @param code the status code
	 */
	static String of(List<Throwable> chain, Status.Code code) {
		String all = chain.stream().map((cause) -> said(cause)).reduce("", (one, other) -> one + "\n" + other);
		String reason = known(chain, all, code).orElseGet(() -> cleaned(chain)).replace('\n', ' ').strip();
		if (reason.isEmpty()) {
			return "it gave no reason (%s)".formatted(code);
		}
		return (code == Status.Code.UNKNOWN || reason.contains(code.name())) ? reason
				: "%s (%s)".formatted(reason, code);
	}

	private static Optional<String> known(List<Throwable> chain, String all, Status.Code code) {
		if (all.contains("etcdserver:")) {
			return Optional.empty();
		}
		if (has(chain, ConnectException.class) && all.contains("timed out")) {
			return Optional.of("no connection in time");
		}
		if (all.contains("Connection refused")) {
			return Optional.of("connection refused");
		}
		if (all.contains("Connection reset")) {
			return Optional.of("connection reset");
		}
		if (all.contains("Network closed for unknown reason") || all.contains("channel closed")) {
			return Optional.of("etcd closed the connection");
		}
		if (all.contains("Keepalive failed")) {
			return Optional.of("etcd does not answer pings, so the connection is closed");
		}
		Matcher host = UNRESOLVED.matcher(all);
		if (host.find() || has(chain, UnknownHostException.class)) {
			return Optional.of("the name %s has no address"
				.formatted(host.reset().find() ? host.group(1) : String.valueOf(chain.getLast().getMessage())));
		}
		Matcher status = HTTP_STATUS.matcher(all);
		if (status.find()) {
			return Optional
				.of("HTTP status %s in place of etcd's answer, as of a proxy between".formatted(status.group(1)));
		}
		Matcher reset = STREAM_RESET.matcher(all);
		if (reset.find()) {
			return Optional.of("the stream was reset with %s".formatted(reset.group(1)));
		}
		return (code == Status.Code.DEADLINE_EXCEEDED) ? Optional.of("no answer in time") : Optional.empty();
	}

	/**
	 * What the server or gRPC said, and the root's reason.
	 */
	private static String cleaned(List<Throwable> chain) {
		@Nullable String said = null;
		for (Throwable cause : chain) {
			if (cause instanceof StatusRuntimeException || cause instanceof StatusException) {
				said = said(cause);
			}
		}
		Throwable root = chain.getLast();
		String reason = clean(said(root));
		String before = (said != null) ? clean(said) : "";
		if (reason.isEmpty() || before.contains(reason)) {
			return before;
		}
		return (before.isEmpty() || reason.contains(before)) ? reason : before + ": " + reason;
	}

	private static String said(Throwable cause) {
		@Nullable String said = switch (cause) {
			case StatusRuntimeException ex -> ex.getStatus().getDescription();
			case StatusException ex -> ex.getStatus().getDescription();
			default -> cause.getMessage();
		};
		return (said != null) ? said : "";
	}

	private static String clean(String text) {
		String said = INTERNALS.matcher(text).replaceFirst("");
		return GENERIC.matcher(SYSTEM_CALL.matcher(said).replaceAll("")).replaceFirst("").strip();
	}

	private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
		return chain.stream().anyMatch(type::isInstance);
	}

}
