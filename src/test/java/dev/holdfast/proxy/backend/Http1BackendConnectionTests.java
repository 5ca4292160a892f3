package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One HTTP/1.1 connection to an instance, byte by byte.
 */
class Http1BackendConnectionTests implements BackendConnection.Listener {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), Ticker.newMockTicker());

	private final Http1BackendConnection connection = new Http1BackendConnection(this.loop, 64 * 1024,
			new ConnectionLifetime(Duration.ofHours(1).toNanos(), null, null), this);

	private final RecordedResponse response = new RecordedResponse();

	private final List<String> pool = new ArrayList<>();

	@BeforeEach
	void connect() {
		this.channel.pipeline().addLast(this.connection);
	}

	@AfterEach
	void disconnect() {
		this.channel.finishAndReleaseAll();
	}

	@Override
	public void onIdle(Http1BackendConnection idle, int announcedSeconds) {
		assertThat(idle).isSameAs(this.connection);
		idle.rest(0);
		this.pool.add("idle " + announcedSeconds);
	}

	@Override
	public void onPlace(Http2BackendConnection other) {
		throw new AssertionError(other);
	}

	@Override
	public void onLeft(BackendConnection left) {
		this.pool.add("left");
	}

	@Override
	public void onClosed(BackendConnection closed) {
		this.pool.add("closed");
	}

	@Test
	void aRequestIsSentWithItsBody() {
		begin("POST", 2, false);
		this.response.stream().write(bytes("hi"));
		this.response.stream().end(HeaderFields.NONE);
		assertThat(sent()).isEqualTo("POST /orders HTTP/1.1\r\nHost: orders\r\nContent-Length: 2\r\n\r\nhi");
	}

	@Test
	void aBodyOfUnknownLengthGoesOutInChunksWithItsTrailers() {
		begin("POST", -1, true);
		this.response.stream().write(bytes("hi"));
		this.response.stream().write(bytes("x".repeat(5000)));
		this.response.stream().write(Unpooled.EMPTY_BUFFER);
		HeaderFields trailers = new HeaderFields();
		trailers.add("X-Sum", "1");
		this.response.stream().end(trailers);
		assertThat(sent()).endsWith("transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n1388\r\n" + "x".repeat(5000)
				+ "\r\n0\r\nX-Sum: 1\r\n\r\n");
	}

	@Test
	void trailersOfABodyOfKnownLengthAreDropped() {
		begin("POST", 2, false);
		this.response.stream().write(bytes("hi"));
		HeaderFields trailers = new HeaderFields();
		trailers.add("X-Sum", "1");
		this.response.stream().end(trailers);
		assertThat(sent()).endsWith("\r\n\r\nhi");
	}

	@ParameterizedTest
	@CsvSource({ "'', -1", "'Keep-Alive: max=5, timeout=7', 7", "'Connection: keep-alive', -1",
			"'Connection: upgrade', -1" })
	void theConnectionIsGivenBackBehindTheResponse(String field, int seconds) {
		get();
		this.response.onEnd(() -> this.pool.add("told"));
		receive("HTTP/1.1 200 OK\r\n" + (field.isEmpty() ? "" : field + "\r\n") + "Content-Length: 2\r\n\r\nok");
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
		assertThat(this.pool).containsExactly("idle " + seconds, "told");
		assertThat(this.channel.isOpen()).isTrue();
		get();
		receive(OK);
		assertThat(this.response.take()).containsExactly("reused", "head 200", "body ok", "end");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 2\r\n\r\nok",
			"HTTP/1.1 200 OK\r\nConnection: a, close\r\nContent-Length: 2\r\n\r\nok",
			"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP" })
	void theConnectionIsClosedBehindAResponseThatEndsIt(String closing) {
		get();
		receive(closing);
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.pool).containsExactly("closed");
	}

	@Test
	void aRequestBehindAnotherMayBeginAsTheFirstEnds() {
		RecordedResponse second = new RecordedResponse();
		get();
		this.response.onEnd(() -> begin(second, "GET", -1, false));
		receive(OK);
		receive(OK);
		assertThat(second.take()).containsExactly("reused", "head 200", "body ok", "end");
		this.response.stream().cancel();
		assertThat(this.channel.isOpen()).isTrue();
	}

	@Test
	void bytesOnAnIdleConnectionEndIt() {
		get();
		receive(OK);
		receive(OK);
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
	}

	@Test
	void bytesThatWereNotAskedForAreNobodysResponse() {
		RecordedResponse asking = new RecordedResponse();
		asking.onConnected(this.connection.begin());
		receive(OK);
		asking.stream().writeHead(head("GET", -1, false), asking);
		this.channel.runPendingTasks();
		assertThat(asking.take()).containsExactly("connected",
				new BackendFailure.ConnectionBroken(true, false).toString());
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aPausedResponseKeepsWhatWasReadAndReadsNoMore() {
		get();
		this.response.onHead(this.response.stream()::pause);
		receive("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab");
		assertThat(this.channel.config().isAutoRead()).isFalse();
		assertThat(this.response.take()).containsExactly("connected", "head 200");
		this.response.stream().resume();
		assertThat(this.response.take()).isEmpty();
		this.channel.runPendingTasks();
		assertThat(this.response.take()).containsExactly("body ab");
		assertThat(this.channel.config().isAutoRead()).isTrue();
		this.response.onBody(this.response.stream()::pause);
		receive("cd");
		receive("ef");
		assertThat(this.response.take()).containsExactly("body cd");
		assertThat(this.pool).isEmpty();
		this.response.stream().resume();
		this.response.onBody(() -> {
		});
		this.channel.runPendingTasks();
		assertThat(this.response.take()).containsExactly("body ef", "end");
		assertThat(this.pool).containsExactly("idle -1");
	}

	@Test
	void aResponseThatHasBeenReadIsHandedOnThoughItsConnectionHasBroken() {
		get();
		this.response.onHead(this.response.stream()::pause);
		receive(OK);
		disconnectInOrder();
		assertThat(this.response.take()).containsExactly("connected", "head 200");
		this.response.stream().resume();
		this.channel.runPendingTasks();
		assertThat(this.response.take()).containsExactly("body ok", "end");
		assertThat(this.pool).containsExactly("closed");
	}

	@Test
	void aResponseWithoutContentEndsThoughItIsPaused() {
		begin("HEAD", -1, false);
		this.response.onHead(this.response.stream()::pause);
		receive("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
		assertThat(this.response.take()).containsExactly("connected", "head 200", "end");
		assertThat(this.channel.config().isAutoRead()).isTrue();
		assertThat(this.pool).containsExactly("idle -1");
	}

	@Test
	void aPausedResponseThatIsGivenUpLeavesNothing() {
		get();
		this.response.onHead(this.response.stream()::pause);
		receive("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab");
		this.response.stream().resume();
		this.response.stream().cancel();
		this.channel.runPendingTasks();
		assertThat(this.response.take()).containsExactly("connected", "head 200");
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void anEarlyResponseWaitsForTheRequest() {
		begin("POST", 4, false);
		receive(OK);
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
		assertThat(this.pool).isEmpty();
		this.response.stream().write(bytes("body"));
		this.response.stream().end(HeaderFields.NONE);
		assertThat(this.pool).containsExactly("idle -1");
		assertThat(sent()).endsWith("body");
	}

	@Test
	void anEarlyResponseIsTheEndOfTheConnectionWhenTheRequestIsGivenUp() {
		begin("POST", 4, false);
		receive(OK);
		this.response.stream().cancel();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.pool).containsExactly("closed");
	}

	@Test
	void interimResponsesComeFirst() {
		get();
		receive("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n" + OK);
		assertThat(this.response.take()).containsExactly("connected", "interim 103", "head 200", "body ok", "end");
	}

	@Test
	void trailersComeWithTheEnd() {
		get();
		receive("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n");
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end X-Sum: 1");
	}

	@Test
	void aHeadMayComeByteByByte() {
		get();
		for (int i = 0; i < OK.length(); i++) {
			receive(OK.substring(i, i + 1));
		}
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body o", "body k", "end");
	}

	@Test
	void aBodyMayEndWithItsConnection() {
		get();
		receive("HTTP/1.1 200 OK\r\n\r\nok");
		disconnectInOrder();
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
	}

	@Test
	void theEndOfAConnectionThatWasResetIsNoBodys() {
		get();
		receive("HTTP/1.1 200 OK\r\n\r\nok");
		this.channel.pipeline().fireUserEventTriggered(ChannelOutputShutdownEvent.INSTANCE);
		disconnectInOrder();
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok",
				new BackendFailure.ConnectionBroken(true, false).toString());
	}

	@Test
	void connectionThatIsResetBehindAResponseTakesNoOtherRequest() {
		get();
		this.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
		receive(OK);
		assertThat(this.response.take()).containsExactly("connected", "head 200", "body ok", "end");
		assertThat(this.pool).containsExactly("closed");
	}

	@ParameterizedTest
	@CsvSource({ "false, '', false", "true, '', true", "true, HTTP/1.1, false", "false, HTTP/1.1, false" })
	void anInstanceMayCloseBetweenRequests(boolean reused, String came, boolean between) {
		get();
		if (reused) {
			receive(OK);
			this.response.take();
			get();
		}
		this.response.take();
		if (!came.isEmpty()) {
			receive(came);
		}
		disconnectInOrder();
		assertThat(this.response.take()).containsExactly(new BackendFailure.ConnectionBroken(true, between).toString());
	}

	@Test
	void aMalformedResponseEndsTheConnection() {
		get();
		receive("nonsense\r\n\r\n");
		assertThat(this.response.take()).containsExactly("connected", new BackendFailure.Malformed(true).toString());
		assertThat(this.channel.isOpen()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void anInstanceMayRefuseTheHandshakeLate(boolean reused) {
		get();
		if (reused) {
			receive(OK);
			get();
		}
		this.response.take();
		this.channel.pipeline()
			.fireExceptionCaught(new DecoderException(new SSLHandshakeException("certificate_required")));
		assertThat(this.response.take()).containsExactly((reused ? new BackendFailure.ConnectionBroken(true, true)
				: new BackendFailure.HandshakeRefused("certificate_required"))
			.toString());
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void aRequestThatIsGivenUpResetsTheConnection() {
		get();
		this.response.stream().cancel();
		this.response.stream().cancel();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.response.take()).containsExactly("connected");
		assertThat(this.pool).containsExactly("closed");
	}

	@Test
	void whatIsWrittenToAConnectionThatHasBrokenIsReleased() {
		begin("POST", -1, true);
		disconnectInOrder();
		ByteBuf late = bytes("late");
		this.response.stream().write(late);
		this.response.stream().end(HeaderFields.NONE);
		assertThat(late.refCnt()).isZero();
		assertThat(this.response.take()).hasSize(2);
	}

	@Test
	void aSwitchOfProtocolsTakesWhatIsBehindItAlong() {
		get();
		this.response.onHead(() -> {
			var tunnel = this.response.stream().switchProtocols();
			assertThat(tunnel.isOpen()).isTrue();
			tunnel.reset();
		});
		receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhello");
		assertThat(this.response.take()).containsExactly("connected", "head 101");
		assertThat(this.pool).containsExactly("closed");
	}

	@Test
	void aSwitchOfProtocolsThatIsNotTakenIsGivenUp() {
		get();
		this.response.onHead(() -> this.response.stream().cancel());
		receive("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\nhello");
		assertThat(this.response.take()).containsExactly("connected", "head 101");
		assertThat(this.channel.isOpen()).isFalse();
	}

	private void get() {
		begin("GET", -1, false);
		sent();
	}

	private void begin(String method, long contentLength, boolean chunked) {
		begin(this.response, method, contentLength, chunked);
	}

	private void begin(RecordedResponse listener, String method, long contentLength, boolean chunked) {
		listener.onConnected(this.connection.begin());
		listener.stream().writeHead(head(method, contentLength, chunked), listener);
	}

	private static RequestHead head(String method, long contentLength, boolean chunked) {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_1, method, "/orders");
		head.fields().add("Host", "orders");
		if (contentLength >= 0) {
			head.fields().add("Content-Length", String.valueOf(contentLength));
		}
		head.frame(contentLength, chunked, chunked || contentLength > 0);
		return head;
	}

	private void receive(String text) {
		this.channel.writeInbound(bytes(text));
		this.channel.runPendingTasks();
	}

	private void disconnectInOrder() {
		this.channel.close().syncUninterruptibly();
	}

	private String sent() {
		this.channel.runPendingTasks();
		StringBuilder text = new StringBuilder();
		for (ByteBuf next = this.channel.readOutbound(); next != null; next = this.channel.readOutbound()) {
			text.append(next.toString(StandardCharsets.ISO_8859_1));
			next.release();
		}
		return text.toString();
	}

	private static ByteBuf bytes(String text) {
		return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
	}

}
