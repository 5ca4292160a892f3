package dev.holdfast.registry.etcd;

import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import javax.net.ssl.SSLException;

import io.etcd.jetcd.common.exception.EtcdException;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.netty.handler.ssl.NotSslRecordException;

/**
 * Reads what went wrong out of the exceptions of jetcd, gRPC, Netty and the JDK, which
 * wrap each other.
 */
final class EtcdErrors {

	/** By what a server tells that it does not like the client's certificate. */
	private static final Set<String> CERTIFICATE_ALERTS = Set.of("bad_certificate", "unsupported_certificate",
			"certificate_revoked", "certificate_expired", "certificate_unknown", "unknown_ca", "certificate_required",
			"access_denied");

	private static final Pattern ALERT = Pattern.compile("fatal alert: (\\w+)");

	/** What etcd says of users, whatever the code that it comes with. */
	private static final List<String> REFUSALS = List.of("invalid user ID or password", "permission denied",
			"invalid auth token", "user name is empty", "user name not found", "revision in header is old",
			"revision of auth store is old");

	private EtcdErrors() {
	}

	/**
	 * Finds the gRPC status code: the innermost, since jetcd calls every login that fails
	 * unauthenticated, whatever the reason. A connection that broke is
	 * {@code UNAVAILABLE}, also for a call that was about to be written: of that one gRPC
	 * says {@code UNKNOWN}, for it knows of the closed channel alone.
	 * @return the code, {@code UNKNOWN} when there is none
	 */
	static Status.Code code(Throwable error) {
		List<Throwable> chain = chain(error);
		Status.Code code = chain.stream()
			.flatMap((cause) -> codeOf(cause).stream())
			.reduce(Status.Code.UNKNOWN, (outer, inner) -> inner);
		return (code == Status.Code.UNKNOWN && has(chain, ClosedChannelException.class)) ? Status.Code.UNAVAILABLE
				: code;
	}

	private static Optional<Status.Code> codeOf(Throwable cause) {
		return switch (cause) {
			case StatusRuntimeException ex -> Optional.of(ex.getStatus().getCode());
			case StatusException ex -> Optional.of(ex.getStatus().getCode());
			case EtcdException ex -> Optional.of(Status.Code.valueOf(ex.getErrorCode().name()));
			default -> Optional.empty();
		};
	}

	/**
	 * Tells whether the token of an earlier login is not accepted any more; jetcd logs in
	 * again at the next call.
	 */
	static boolean isTokenEnded(Throwable error) {
		return says(error, "invalid auth token") || says(error, "revision of auth store is old");
	}

	/**
	 * Whether etcd knows the user and denies him what he asks for.
	 */
	static boolean isDenied(Throwable error) {
		return code(error) == Status.Code.PERMISSION_DENIED || says(error, "permission denied");
	}

	/**
	 * Tells whether the page of a list was larger than something on its way lets through.
	 */
	static boolean isTooLarge(Throwable error) {
		return switch (code(error)) {
			case RESOURCE_EXHAUSTED, DEADLINE_EXCEEDED -> true;
			default -> false;
		};
	}

	/**
	 * Says in one line what went wrong, in an operator's words, with what etcd itself
	 * said.
	 * @param user who the gateway logs in as, empty for nobody
	 */
	static String describe(Throwable error, Optional<String> user) {
		String said = FailureReason.of(chain(error), code(error));
		return tls(error).or(() -> refusal(error, user))
			.map((words) -> "%s: %s".formatted(words, said))
			.orElse(said)
			.replace('\n', ' ');
	}

	private static Optional<String> tls(Throwable error) {
		List<Throwable> chain = chain(error);
		if (has(chain, CertificateExpiredException.class)) {
			return Optional.of("etcd's certificate has expired");
		}
		if (has(chain, CertificateNotYetValidException.class)) {
			return Optional.of("etcd's certificate is not valid yet");
		}
		if (has(chain, CertPathBuilderException.class) || has(chain, CertPathValidatorException.class)) {
			return Optional.of("etcd's certificate is not trusted");
		}
		if (has(chain, CertificateException.class)) {
			return Optional.of((says(error, "No subject alternative") || says(error, "No name matching"))
					? "etcd's certificate is for another name" : "etcd's certificate is not accepted");
		}
		if (has(chain, NotSslRecordException.class) || says(error, "closed while performing TLS negotiation")) {
			return Optional.of("etcd does not speak TLS here");
		}
		if (has(chain, SSLException.class)) {
			return Optional.of(CERTIFICATE_ALERTS.contains(alert(chain)) ? "etcd refuses the gateway's certificate"
					: "TLS with etcd failed");
		}
		return Optional.empty();
	}

	private static String alert(List<Throwable> chain) {
		return chain.stream()
			.map((cause) -> ALERT.matcher(String.valueOf(cause.getMessage())))
			.filter(Matcher::find)
			.map((matcher) -> matcher.group(1))
			.findFirst()
			.orElse("");
	}

	private static Optional<String> refusal(Throwable error, Optional<String> user) {
		boolean refused = switch (code(error)) {
			case UNAUTHENTICATED, PERMISSION_DENIED -> true;
			default -> REFUSALS.stream().anyMatch((text) -> says(error, text));
		};
		if (!refused) {
			return Optional.empty();
		}
		return Optional.of(user.map("etcd refuses the user \"%s\""::formatted).orElse("etcd asks for a user"));
	}

	private static boolean says(Throwable error, String text) {
		return chain(error).stream()
			.map(Throwable::getMessage)
			.filter(Objects::nonNull)
			.anyMatch((message) -> message.contains(text));
	}

	private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
		return chain.stream().anyMatch(type::isInstance);
	}

	private static List<Throwable> chain(Throwable error) {
		List<Throwable> chain = new ArrayList<>();
		Stream.iterate(error, Objects::nonNull, Throwable::getCause).forEach(chain::add);
		return chain;
	}

}
