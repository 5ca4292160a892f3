package dev.holdfast.registry.etcd;

import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

import io.etcd.jetcd.common.exception.EtcdExceptionFactory;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

/**
 * The texts are those that gRPC 1.82 and Netty 4.2 have written.
 */
class EtcdErrorsTests {

	@ParameterizedTest
	@MethodSource
	void causesAreToldInPlainWords(Throwable failure, String told) {
		assertThat(EtcdErrors.describe(new CompletionException(failure), Optional.empty())).isEqualTo(told);
	}

	static Stream<Arguments> causesAreToldInPlainWords() {
		return Stream.of(
				argumentSet("refused", failure(Status.UNAVAILABLE
					.withDescription("io exception\nChannel Pipeline: "
							+ "[WriteBufferingAndExceptionHandler#0, DefaultChannelPipeline$TailContext#0]")
					.withCause(new ConnectException("finishConnect(..) failed with error(-111): Connection refused"))),
						"connection refused (UNAVAILABLE)"),
				argumentSet("reset",
						failure(Status.UNAVAILABLE.withDescription("io exception")
							.withCause(new IOException(
									"recvAddress(..) failed with error(-104): Connection reset by peer"))),
						"connection reset (UNAVAILABLE)"),
				argumentSet("not resolved",
						failure(Status.UNAVAILABLE.withDescription("Unable to resolve host etcd.test")
							.withCause(new UnknownHostException("etcd.test"))),
						"the name etcd.test has no address (UNAVAILABLE)"),
				argumentSet("closed", failure(Status.UNAVAILABLE.withDescription("Network closed for unknown reason")),
						"etcd closed the connection (UNAVAILABLE)"),
				argumentSet("silent",
						failure(Status.UNAVAILABLE.withDescription("Keepalive failed. The connection is likely gone")),
						"etcd does not answer pings, so the connection is closed (UNAVAILABLE)"),
				argumentSet("deadline while connecting",
						failure(Status.DEADLINE_EXCEEDED.withDescription("CallOptions deadline exceeded after 4.999s. "
								+ "Name resolution delay 0.008 seconds. [closed=[], open=[[connecting_lazily, "
								+ "remote_addr=/127.0.0.1:2379]]]")),
						"no answer in time (DEADLINE_EXCEEDED)"),
				argumentSet("deadline in a buffer",
						failure(Status.DEADLINE_EXCEEDED.withDescription("context timed out: [closed=[], "
								+ "open=[[buffered_nanos=5000123, waiting_for_connection]]]")),
						"no answer in time (DEADLINE_EXCEEDED)"),
				argumentSet("state of the channel behind another reason",
						failure(Status.UNAVAILABLE.withDescription(
								"no subchannel is ready [closed=[], " + "open=[[connecting_lazily, wait_for_ready]]]")),
						"no subchannel is ready (UNAVAILABLE)"),
				argumentSet("no connection in time",
						failure(Status.UNAVAILABLE.withDescription("io exception")
							.withCause(new ConnectException("connection timed out after 3000 ms: /10.0.0.1:2379"))),
						"no connection in time (UNAVAILABLE)"),
				argumentSet("a proxy's answer", failure(Status.UNKNOWN
					.withDescription("HTTP status code 500\nmissing content-type in response "
							+ "headers\nheaders: Metadata(:status=500,content-length=34)\nDATA-------------\n<html>")),
						"HTTP status 500 in place of etcd's answer, as of a proxy between"),
				argumentSet("stream reset",
						failure(Status.CANCELLED
							.withDescription("RST_STREAM closed stream. HTTP/2 error code: CANCEL")),
						"the stream was reset with CANCEL (CANCELLED)"),
				argumentSet("etcd's own words", failure(Status.UNAVAILABLE.withDescription("etcdserver: no leader")),
						"etcdserver: no leader (UNAVAILABLE)"),
				argumentSet("etcd's own words on time",
						failure(Status.UNAVAILABLE.withDescription("etcdserver: request timed out")),
						"etcdserver: request timed out (UNAVAILABLE)"),
				argumentSet("refused user",
						failure(Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied")),
						"etcd asks for a user: etcdserver: permission denied (PERMISSION_DENIED)"),
				argumentSet("no words at all", failure(Status.ABORTED), "it gave no reason (ABORTED)"),
				argumentSet("no words, and a code that says nothing", failure(Status.UNKNOWN),
						"it gave no reason (UNKNOWN)"));
	}

	@Test
	void aConnectionThatWasClosedBeforeTheCallWasWrittenIsUnavailable() {
		Throwable failure = failure(
				Status.UNKNOWN.withDescription("channel closed").withCause(new ClosedChannelException()));
		assertThat(EtcdErrors.describe(failure, Optional.empty()))
			.isEqualTo("etcd closed the connection (UNAVAILABLE)");
	}

	@Test
	void nothingIsSaidOfChannels() {
		Throwable failure = failure(Status.INTERNAL.withDescription("stream failed\nChannel Pipeline: [a#0, b#1]"));
		assertThat(EtcdErrors.describe(failure, Optional.of("gateway"))).isEqualTo("stream failed (INTERNAL)");
	}

	@Test
	void theStatusIsKnownOfWhatJetcdMadeOfIt() {
		Throwable failure = EtcdExceptionFactory.toEtcdException(Status.UNAVAILABLE.withDescription("io exception")
			.withCause(new IOException("recvAddress(..) failed with error(-104): Connection reset by peer"))
			.asRuntimeException());
		assertThat(EtcdErrors.describe(failure, Optional.empty())).isEqualTo("connection reset (UNAVAILABLE)");
	}

	@Test
	void aLoginThatFailedForAnotherReasonIsThatReasons() {
		Throwable unreachable = Status.UNAVAILABLE.withDescription("io exception")
			.withCause(new ConnectException("Connection refused"))
			.asRuntimeException();
		Throwable failure = EtcdExceptionFactory
			.toEtcdException(Status.UNAUTHENTICATED.withCause(unreachable).asRuntimeException());
		assertThat(EtcdErrors.code(failure)).isEqualTo(Status.Code.UNAVAILABLE);
	}

	private static Throwable failure(Status status) {
		return status.asRuntimeException();
	}

}
