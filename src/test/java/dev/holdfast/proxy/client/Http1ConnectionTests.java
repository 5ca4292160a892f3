package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.client.FakeExchanges.Exchange;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Http1ConnectionTests {

	private static final String GET = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

	private static final String POST = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n";

	private static final String OK = "HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n\r\nok";

	private final MockTicker ticker = Ticker.newMockTicker();

	private final FakeExchanges exchanges = new FakeExchanges();

	private final Heard heard = new Heard();

	private final AtomicBoolean shuttingDown = new AtomicBoolean();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.ticker);

	private ClientConnections connections = connections(TrafficLimits.DEFAULTS);

	private ClientConnections connections(TrafficLimits limits) {
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, List.of(), "", "", limits,
				TrafficTimes.DEFAULTS);
		return new ClientConnections(this.loop, settings, new ClientCount(limits), new TrustedProxies(List.of()),
				new RequestIds(), this.heard, this.shuttingDown::get, this.exchanges);
	}

	@BeforeEach
	void accept() {
		this.connections.accept(this.channel);
	}

	@AfterEach
	void close() {
		this.channel.finishAndReleaseAll();
		assertThat(this.connections.size()).isZero();
	}

	private void receive(String text) {
		this.channel.writeInbound(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
		this.channel.runPendingTasks();
	}

	private String sent() {
		this.channel.runPendingTasks();
		StringBuilder sent = new StringBuilder();
		for (ByteBuf next = this.channel.readOutbound(); next != null; next = this.channel.readOutbound()) {
			sent.append(next.toString(StandardCharsets.ISO_8859_1));
			next.release();
		}
		return sent.toString();
	}

	private void pass(Duration time) {
		for (long left = time.toMillis(); left > 0; left -= 100) {
			this.ticker.advanceMillis(100);
			this.loop.deadlines().sweep(this.loop.nanoTime());
			this.loop.runTimers();
			this.channel.runPendingTasks();
		}
	}

	private boolean isRead() {
		return this.channel.config().isAutoRead();
	}

	private void answerAtOnce() {
		this.exchanges.first = (exchange) -> exchange.answer(200, "ok");
	}

	@Test
	void requestIsAnswered() {
		receive(GET);
		assertThat(this.exchanges.all).hasSize(1);
		assertThat(this.exchanges.last().line).isEqualTo("GET /1");
		assertThat(this.exchanges.last().stream.isRequestEnded()).isTrue();
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).isEqualTo(OK);
		assertThat(this.channel.isOpen()).isTrue();
	}

	@Test
	void headAndSmallBodyLeaveInOneBuffer() {
		receive(GET);
		this.exchanges.last().answer(200, "ok");
		assertThat(this.channel.outboundMessages().peek()).as("not before the turn's end").isNull();
		this.channel.runPendingTasks();
		ByteBuf whole = this.channel.readOutbound();
		assertThat(whole.toString(StandardCharsets.ISO_8859_1)).isEqualTo(OK);
		whole.release();
		assertThat(this.channel.outboundMessages().peek()).isNull();
	}

	@Test
	void requestThatComesByteByByteIsAnswered() {
		answerAtOnce();
		for (int i = 0; i < GET.length(); i++) {
			receive(GET.substring(i, i + 1));
		}
		assertThat(sent()).isEqualTo(OK);
	}

	@Test
	void requestWaitsForTheResponseAheadOfIt() {
		receive(GET + GET.replace("/1 ", "/2 ") + GET.replace("/1 ", "/3 "));
		assertThat(this.exchanges.all).hasSize(1);
		assertThat(isRead()).isTrue();
		this.exchanges.last().answer(200, "ok");
		assertThat(this.exchanges.all).as("not before the first is done").hasSize(1);
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().line).isEqualTo("GET /2");
		this.exchanges.last().answer(200, "ok");
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().line).isEqualTo("GET /3");
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).isEqualTo(OK + OK + OK);
	}

	@Test
	void requestsThatAreAnsweredAtOnceLeaveInOneBuffer() {
		answerAtOnce();
		receive(GET + GET + GET);
		ByteBuf whole = this.channel.readOutbound();
		assertThat(whole.toString(StandardCharsets.ISO_8859_1)).isEqualTo(OK + OK + OK);
		whole.release();
	}

	@Test
	void muchThatComesAheadOfTheResponseIsNotRead() {
		receive(GET);
		receive("x".repeat(Http1Connection.MOST_AHEAD));
		assertThat(isRead()).isTrue();
		receive("x");
		assertThat(isRead()).isFalse();
	}

	@Test
	void bodyWaitsUntilItIsAskedFor() {
		receive(POST + "12345");
		assertThat(this.exchanges.last().body).isEmpty();
		assertThat(isRead()).isFalse();
		this.exchanges.last().stream.resume();
		assertThat(this.exchanges.last().body).as("not before the caller is done").isEmpty();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().body).hasToString("12345");
		assertThat(isRead()).isTrue();
		receive("67890" + GET);
		assertThat(this.exchanges.last().body).hasToString("1234567890");
		assertThat(this.exchanges.last().ended).isTrue();
	}

	@Test
	void pauseWithinABodyStopsIt() {
		this.exchanges.first = (exchange) -> exchange.stream.resume();
		receive("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
		assertThat(this.exchanges.last().body).hasToString("hello");
		this.exchanges.last().stream.pause();
		receive("5\r\nworld\r\n0\r\nX-Sum: 1\r\n\r\n");
		assertThat(this.exchanges.last().body).hasToString("hello");
		assertThat(isRead()).isFalse();
		this.exchanges.last().stream.resume();
		this.exchanges.last().stream.pause();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().ended).isFalse();
		this.exchanges.last().stream.resume();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().body).hasToString("helloworld");
		assertThat(this.exchanges.last().trailers).isEqualTo("X-Sum: 1\r\n");
	}

	@Test
	void responseOfUnknownLengthGoesInChunks() {
		receive(GET);
		this.exchanges.last().stream("first", "second");
		assertThat(sent())
			.isEqualTo("HTTP/1.1 200 Fine\r\ntransfer-encoding: chunked\r\n\r\n" + "5\r\nfirst\r\n6\r\nsecond\r\n");
		assertThat(this.exchanges.last().stream.takesTrailers(-1)).isTrue();
		HeaderFields trailers = new HeaderFields();
		trailers.add("x-sum", "1");
		this.exchanges.last().stream.end(trailers);
		assertThat(sent()).isEqualTo("0\r\nx-sum: 1\r\n\r\n");
	}

	@Test
	void largeContentIsNotCopied() {
		receive(GET);
		String large = "x".repeat(10_000);
		this.exchanges.last().stream(large);
		this.exchanges.last().stream.end(HeaderFields.NONE);
		assertThat(sent())
			.isEqualTo("HTTP/1.1 200 Fine\r\ntransfer-encoding: chunked\r\n\r\n2710\r\n" + large + "\r\n0\r\n\r\n");
	}

	@Test
	void responseOfUnknownLengthToAnOldClientEndsWithItsConnection() {
		receive("GET /1 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
		this.exchanges.last().stream("hello");
		assertThat(this.exchanges.last().stream.takesTrailers(-1)).isFalse();
		this.exchanges.last().stream.end(HeaderFields.NONE);
		assertThat(sent()).isEqualTo("HTTP/1.1 200 Fine\r\nconnection: close\r\n\r\nhello");
		pass(Duration.ofSeconds(6));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@ParameterizedTest
	@CsvSource({ "HTTP/1.1, , true, ''", "HTTP/1.1, keep-alive, true, ''", "HTTP/1.1, close, false, close",
			"HTTP/1.1, 'Upgrade, Close', false, close", "HTTP/1.0, , false, close",
			"HTTP/1.0, Keep-Alive, true, keep-alive", "HTTP/1.0, 'keep-alive, close', false, close" })
	void connectionIsKeptAsTheClientWants(String version, String option, boolean kept, String answered) {
		answerAtOnce();
		receive("GET /1 " + version + "\r\n" + ((option != null) ? "Connection: " + option + "\r\n" : "") + "\r\n");
		assertThat(sent()).isEqualTo("HTTP/1.1 200 Fine\r\ncontent-length: 2\r\n"
				+ (answered.isEmpty() ? "" : "connection: " + answered + "\r\n") + "\r\nok");
		assertThat(this.channel.isOpen()).isEqualTo(kept);
	}

	@Test
	void protocolsThatAreAnnouncedAreOfTheConnection() {
		receive(GET);
		this.exchanges.last().stream.closeAfterwards();
		this.exchanges.last().answer(426, "no", "upgrade", "websocket");
		assertThat(sent()).contains("upgrade: websocket\r\n", "connection: upgrade, close\r\n");
	}

	@ParameterizedTest
	@CsvSource({ "GET, 200, true", "GET, 204, false", "GET, 304, false", "HEAD, 200, false" })
	void responseWithoutContentSaysSoWhereOneWouldWait(String method, int status, boolean said) {
		this.exchanges.first = (exchange) -> exchange.head(status, -1, false);
		receive(method + " /1 HTTP/1.1\r\n\r\n");
		assertThat(sent())
			.isEqualTo("HTTP/1.1 " + status + " Fine\r\n" + (said ? "Content-Length: 0\r\n" : "") + "\r\n");
		assertThat(this.connections.size()).isOne();
	}

	@Test
	void responseThatIsShorterThanAnnouncedIsBrokenOff() {
		receive(GET);
		this.exchanges.last().head(200, 5, true);
		this.exchanges.last().stream.end(HeaderFields.NONE);
		this.channel.runPendingTasks();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.exchanges.last().gone).isZero();
	}

	@Test
	void interimResponseComesFirst() {
		receive(GET);
		this.exchanges.last().stream.writeInterim(Exchange.response(103, "link", "</a>"));
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).isEqualTo("HTTP/1.1 103 Fine\r\nlink: </a>\r\n\r\n" + OK);
		receive("GET /1 HTTP/1.0\r\n\r\n");
		this.exchanges.last().stream.writeInterim(Exchange.response(103));
		assertThat(sent()).isEmpty();
	}

	@Test
	void littleThatIsLeftOfABodyIsThrownAway() {
		receive(POST + "123");
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).isEqualTo(OK);
		receive("4567890" + GET);
		assertThat(this.exchanges.all).hasSize(2);
		assertThat(this.exchanges.all.getFirst().body).isEmpty();
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).isEqualTo(OK);
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 100000", "Transfer-Encoding: chunked",
			"Content-Length: 5\r\nExpect: 100-continue" })
	void moreThanALittleEndsTheConnection(String fields) {
		receive("POST /1 HTTP/1.1\r\n" + fields + "\r\n\r\n");
		this.exchanges.last().stream.closeAfterwards();
		this.exchanges.last().answer(413, "no");
		assertThat(sent()).contains("connection: close\r\n").endsWith("no");
		assertThat(this.channel.isOpen()).as("what still comes is read").isTrue();
		receive("x".repeat(100_000) + GET);
		assertThat(this.exchanges.all).hasSize(1);
		assertThat(isRead()).isTrue();
		pass(Duration.ofSeconds(6));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void malformedRequestIsAnsweredAndNothingBehindItIsRead() {
		receive("GET /1 HTTP/1.1\r\nno field\r\n\r\n" + GET);
		assertThat(this.exchanges.last().stream.rejection()).isEqualTo(Rejection.FIELD);
		this.exchanges.last().answer(400, "no");
		assertThat(sent()).contains("connection: close\r\n");
		receive(GET);
		assertThat(this.exchanges.all).hasSize(1);
	}

	@Test
	void bodyThatTurnsOutToBeMalformedIsTold() {
		this.exchanges.first = (exchange) -> exchange.stream.resume();
		receive("POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nx\r\n");
		assertThat(this.exchanges.last().malformed).isEqualTo(Rejection.CHUNK);
		this.exchanges.last().answer(400, "no");
		assertThat(sent()).contains("connection: close\r\n");
	}

	@Test
	void clientThatGoesIsToldOnce() {
		receive(GET);
		this.channel.close().syncUninterruptibly();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().gone).isOne();
		this.exchanges.last().answer(200, "ok");
		this.exchanges.last().stream.abort();
		assertThat(this.exchanges.last().gone).isOne();
	}

	@Test
	void clientThatGoesBehindItsResponseIsNotTold() {
		answerAtOnce();
		receive(GET);
		this.channel.close().syncUninterruptibly();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().gone).isZero();
	}

	@Test
	void responseThatIsBrokenOffTellsNobody() {
		receive(GET + GET);
		this.exchanges.last().stream("half");
		this.exchanges.last().stream.abort();
		this.channel.runPendingTasks();
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.exchanges.last().gone).isZero();
		assertThat(this.exchanges.all).hasSize(1);
	}

	@Test
	void clientThatSaysNothingIsDisconnected() {
		pass(Duration.ofSeconds(9));
		assertThat(this.channel.isOpen()).isTrue();
		pass(Duration.ofSeconds(2));
		assertThat(this.channel.isOpen()).isFalse();
		assertThat(this.heard.turnedAway).isEmpty();
	}

	@Test
	void headThatDoesNotEndInTimeIsTurnedAway() {
		answerAtOnce();
		receive(GET);
		pass(Duration.ofSeconds(30));
		sent();
		receive("GET /1 HTT");
		pass(Duration.ofSeconds(11));
		assertThat(sent()).startsWith("HTTP/1.1 408 ").contains("header-timeout");
		assertThat(this.heard.turnedAway).containsExactly("header-timeout header-timeout");
		receive("P/1.1\r\n\r\n");
		assertThat(this.exchanges.all).hasSize(1);
		pass(Duration.ofSeconds(2));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void idleClientIsDisconnectedAndABusyOneIsNot() {
		receive(GET);
		pass(Duration.ofMinutes(2));
		assertThat(this.channel.isOpen()).isTrue();
		this.exchanges.last().answer(200, "ok");
		pass(Duration.ofSeconds(59));
		assertThat(this.channel.isOpen()).isTrue();
		pass(Duration.ofSeconds(2));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void idleConnectionHoldsNoBuffer() {
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
		this.channel.config().setAllocator(allocator);
		answerAtOnce();
		for (String piece : List.of(GET + "GET /1 HT", "TP/1.1\r\nHost: a\r\n\r\n", POST + "01234", "56789")) {
			this.channel.writeInbound(read(allocator, piece));
			this.channel.runPendingTasks();
		}
		assertThat(sent()).isEqualTo(OK + OK + OK);
		assertThat(used(allocator)).isZero();
	}

	@Test
	void connectionThatWaitsForTheRestOfAHeadHoldsNoMoreThanThat() {
		UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
		this.channel.config().setAllocator(allocator);
		this.channel.writeInbound(read(allocator, "PR"));
		assertThat(used(allocator)).as("while it may be HTTP/2's preface").isBetween(2L, 64L);
		this.channel.writeInbound(read(allocator, "OPFIND /1 HT"));
		assertThat(used(allocator)).isLessThan(64);
	}

	private static ByteBuf read(ByteBufAllocator allocator, String text) {
		return allocator.directBuffer(60 * 1024).writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static long used(UnpooledByteBufAllocator allocator) {
		return allocator.metric().usedDirectMemory() + allocator.metric().usedHeapMemory();
	}

	@Test
	void quietIsWhoHasNotAskedForSomeTime() {
		List<ClientConnection> all = new ArrayList<>();
		this.connections.forEach(all::add);
		ClientConnection connection = all.getFirst();
		assertThat(connection.isQuiet(this.loop.nanoTime())).isTrue();
		receive(GET);
		assertThat(connection.running()).isOne();
		assertThat(connection.isQuiet(this.loop.nanoTime())).isFalse();
		this.ticker.advanceMillis(1000);
		this.exchanges.last().answer(200, "ok");
		assertThat(connection.running()).isZero();
		assertThat(connection.isQuiet(this.loop.nanoTime() - 1)).isFalse();
		assertThat(connection.isQuiet(this.loop.nanoTime())).isTrue();
		connection.closeWhenDone();
		assertThat(sent()).isEqualTo(OK);
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void connectionThatIsToCloseWhenDoneTellsWithItsResponse() {
		receive(GET);
		this.connections.forEach(ClientConnection::closeWhenDone);
		this.exchanges.last().answer(200, "ok");
		assertThat(sent()).contains("connection: close\r\n").endsWith("ok");
		assertThat(this.channel.isOpen()).as("what still comes is read").isTrue();
		pass(Duration.ofSeconds(6));
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void clientsBeyondTheLimitAreTurnedAway() {
		this.channel.close().syncUninterruptibly();
		this.channel.runPendingTasks();
		this.connections = connections(new TrafficLimits(8192, 16_384, 100, 1, 0, 100, 200));
		EmbeddedChannel first = new EmbeddedChannel();
		EmbeddedChannel second = new EmbeddedChannel();
		this.connections.accept(first);
		this.connections.accept(second);
		assertThat(this.heard.turnedAway).containsExactly("connections too-many-connections");
		second.writeInbound(Unpooled.copiedBuffer(GET, StandardCharsets.ISO_8859_1));
		ByteBuf told = second.readOutbound();
		assertThat(told.toString(StandardCharsets.ISO_8859_1)).startsWith("HTTP/1.1 503 ");
		told.release();
		assertThat(this.connections.size()).isEqualTo(2);
		first.finishAndReleaseAll();
		EmbeddedChannel third = new EmbeddedChannel();
		this.connections.accept(third);
		assertThat(this.heard.turnedAway).hasSize(1);
		pass(Duration.ofSeconds(2));
		second.runPendingTasks();
		assertThat(second.isOpen()).isFalse();
		third.finishAndReleaseAll();
		second.finishAndReleaseAll();
	}

	@Test
	void whatComesBehindAnOfferIsHeldBackForTheTunnel() {
		this.exchanges.first = (exchange) -> assertThat(exchange.stream.holdForSwitch()).isTrue();
		receive(GET + "early");
		receive(GET);
		assertThat(this.exchanges.all).hasSize(1);
		TunnelEnd end = this.exchanges.last().stream.switchProtocols(Exchange.response(101, "upgrade", "echo"));
		assertThat(sent()).isEqualTo("HTTP/1.1 101 Fine\r\nupgrade: echo\r\nconnection: upgrade\r\n\r\n");
		assertThat(this.connections.size()).isOne();
		end.reset();
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().gone).isZero();
	}

	@Test
	void declinedOfferGoesOnWithHttpWhenNothingWasHeldBack() {
		this.exchanges.first = (exchange) -> exchange.stream.holdForSwitch();
		receive(GET);
		this.exchanges.last().stream.declineSwitch();
		this.exchanges.last().answer(403, "no");
		receive(GET);
		assertThat(this.exchanges.all).hasSize(2);
	}

	@Test
	void bytesBehindADeclinedOfferAreNotHttp() {
		this.exchanges.first = (exchange) -> exchange.stream.holdForSwitch();
		receive(GET + GET);
		this.exchanges.last().stream.declineSwitch();
		this.exchanges.last().answer(403, "no");
		assertThat(sent()).contains("connection: close\r\n").endsWith("no");
		assertThat(this.exchanges.all).hasSize(1);
	}

	@Test
	void offerThatWaitedForItsTurnCannotBeHeldBack() {
		List<Boolean> held = new ArrayList<>();
		this.exchanges.first = (exchange) -> held.add(exchange.stream.holdForSwitch());
		receive(GET + GET);
		this.exchanges.last().answer(200, "ok");
		this.channel.runPendingTasks();
		assertThat(held).containsExactly(true, false);
	}

	@Test
	void requestThatCannotBeTakenLaterOnEndsTheConnection() {
		this.exchanges.first = (exchange) -> {
			if (this.exchanges.all.size() == 2) {
				throw new IllegalStateException("a defect");
			}
		};
		receive(GET + GET);
		this.exchanges.last().answer(200, "ok");
		this.channel.runPendingTasks();
		assertThat(this.channel.isOpen()).isFalse();
	}

	@Test
	void requestIsGivenUpAtOnceWhenItsConnectionIsClosedAndTheClientTakesNothing() {
		this.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {

			@Override
			public void close(ChannelHandlerContext context, ChannelPromise promise) {
				// As TLS, which waits until it has said so.
			}

		});
		receive(GET);
		this.connections.forEach(ClientConnection::close);
		this.channel.runPendingTasks();
		assertThat(this.exchanges.last().gone).isOne();
	}

	/**
	 * What the listener was told.
	 */
	private static final class Heard implements ExchangeListener {

		private final List<String> turnedAway = new ArrayList<>();

		@Override
		public void onTurnedAway(String address, String reason, GatewayError error) {
			this.turnedAway.add(reason + " " + error.code());
		}

	}

}
