package dev.holdfast.proxy.http2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class Http2ConnectionTests {

	private static final String KIB = "x".repeat(1024);

	@Test
	void serverGreets() {
		try (Peer peer = new Peer(true, Peer.LIMITS)) {
			assertThat(peer.frames()).containsExactly("SETTINGS {3=3, 4=65536, 6=16384, 8=1}",
					"WINDOW_UPDATE 0 " + (3 * 65536 - 65535));
			peer.bytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			peer.settings(new Http2Settings());
			assertThat(peer.frames()).containsExactly("SETTINGS ack");
			assertThat(peer.events()).containsExactly("settings");
		}
	}

	@Test
	void clientGreets() {
		try (Peer peer = new Peer(false, Peer.LIMITS)) {
			assertThat(peer.frames()).containsExactly("SETTINGS {2=0, 4=65536, 6=16384}",
					"WINDOW_UPDATE 0 " + (3 * 65536 - 65535));
			assertThat(peer.connection.canOpen()).isFalse();
			peer.settings(new Http2Settings());
			assertThat(peer.frames()).containsExactly("SETTINGS ack");
			assertThat(peer.connection.canOpen()).isTrue();
		}
	}

	@Test
	void requestIsHeardAndResponseIsSent() {
		try (Peer peer = Peer.server()) {
			peer.events();
			peer.get(1, "x-a", "1", "cookie", "a=1", "cookie", "b=2", "x-b", " 2 ");
			assertThat(peer.events()).containsExactly("1 GET / a.test x-a: 1, x-b: 2, cookie: a=1; b=2", "1 end");
			peer.stream(0).stream().writeHead(Peer.ok(), false);
			peer.stream(0).stream().writeData(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII), true);
			assertThat(peer.frames()).containsExactly("HEADERS 1 :status: 200", "DATA 1 end ok");
			assertThat(peer.connection.activeStreams()).isZero();
		}
	}

	@Test
	void allOfOneTurnLeavesInOneBuffer() {
		try (Peer peer = Peer.server()) {
			peer.onRequest = (heard) -> {
				heard.stream().writeHead(Peer.ok(), false);
				heard.stream().writeData(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII), true);
			};
			ByteArrayOutputStream both = new ByteArrayOutputStream();
			for (int id = 1; id < 100; id += 2) {
				int stream = id;
				both.writeBytes(peer.recorded((writer, context) -> writer.writeHeaders(context, stream,
						new io.netty.handler.codec.http2.DefaultHttp2Headers().method("GET")
							.scheme("http")
							.path("/")
							.authority("a.test"),
						0, true, context.newPromise())));
			}
			peer.bytes(both.toByteArray());
			assertThat(peer.channel.outboundMessages()).hasSize(1);
			assertThat(peer.frames()).hasSize(100);
		}
	}

	@Test
	void inputMayBeCutAnywhere() {
		ByteArrayOutputStream script = new ByteArrayOutputStream();
		List<String> expected;
		List<String> frames;
		try (Peer peer = new Peer(true, Peer.LIMITS)) {
			script.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			script.writeBytes(peer.recorded(
					(writer, context) -> writer.writeSettings(context, new Http2Settings(), context.newPromise())));
			for (int id = 1; id < 6; id += 2) {
				int stream = id;
				script.writeBytes(peer.recorded((writer, context) -> writer.writeHeaders(context, stream,
						new io.netty.handler.codec.http2.DefaultHttp2Headers().method("POST")
							.scheme("http")
							.path("/")
							.authority("a.test")
							.add("x-long", "y".repeat(300)),
						7, false, context.newPromise())));
				script.writeBytes(peer.recorded((writer, context) -> writer.writeData(context, stream,
						Unpooled.copiedBuffer("hello", StandardCharsets.US_ASCII), 3, true, context.newPromise())));
				script.writeBytes(
						peer.recorded((writer, context) -> writer.writePing(context, false, 7, context.newPromise())));
			}
			peer.bytes(script.toByteArray());
			expected = peer.events();
			frames = peer.frames();
			assertThat(expected).contains("1 data hello", "5 end");
		}
		byte[] bytes = script.toByteArray();
		for (int cut = 1; cut < bytes.length; cut++) {
			try (Peer peer = new Peer(true, Peer.LIMITS)) {
				peer.bytes(java.util.Arrays.copyOf(bytes, cut));
				peer.bytes(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
				assertThat(peer.events()).isEqualTo(expected);
				assertThat(peer.frames()).isEqualTo(frames);
			}
		}
		try (Peer peer = new Peer(true, Peer.LIMITS)) {
			for (byte b : bytes) {
				peer.bytes(b);
			}
			assertThat(peer.events()).isEqualTo(expected);
		}
	}

	@Test
	void pausedStreamGathersAndGivesNothingBack() {
		try (Peer peer = Peer.server()) {
			peer.onRequest = (heard) -> heard.stream().pause();
			peer.request(1, "POST", false);
			peer.request(3, "POST", false);
			peer.stream(1).stream().resume();
			peer.events();
			for (int i = 0; i < 60; i++) {
				peer.data(1, KIB, false);
				peer.data(3, KIB, false);
			}
			assertThat(peer.frames()).containsExactly("WINDOW_UPDATE 3 32768");
			assertThat(peer.events()).hasSize(60).containsOnly("3 data 1024");
			peer.data(1, "!", true);
			assertThat(peer.stream(0).stream().isInputEnded()).isTrue();
			peer.stream(0).stream().resume();
			assertThat(peer.events).isEmpty();
			assertThat(peer.events()).containsExactly("1 data 61441", "1 end");
			assertThat(peer.frames()).containsExactly("WINDOW_UPDATE 0 122881");
		}
	}

	@Test
	void streamThatSendsMoreThanItsWindowIsReset() {
		try (Peer peer = Peer.server()) {
			peer.onRequest = (heard) -> heard.stream().pause();
			peer.request(1, "POST", false);
			peer.events();
			for (int i = 0; i < 64; i++) {
				peer.data(1, KIB, false);
			}
			assertThat(peer.frames()).isEmpty();
			peer.data(1, "x", false);
			assertThat(peer.frames()).contains("RST_STREAM 1 3");
			assertThat(peer.events()).containsExactly("1 reset 3");
		}
	}

	@Test
	void bodyWaitsForWindowsAndIsSentInTurns() {
		try (Peer peer = Peer.server()) {
			peer.get(1).get(3);
			peer.events();
			for (int i = 0; i < 2; i++) {
				peer.stream(i).stream().writeHead(Peer.ok(), false);
				peer.stream(i).stream().writeData(Unpooled.wrappedBuffer(new byte[50_000]), false);
				HeaderFields trailers = new HeaderFields();
				trailers.add("X-Sum", "1");
				peer.stream(i).stream().writeTrailers(trailers);
			}
			assertThat(peer.frames()).containsExactly("HEADERS 1 :status: 200", "DATA 1 16384", "DATA 1 16384",
					"DATA 1 16384", "DATA 1 848", "HEADERS 1 end x-sum: 1", "HEADERS 3 :status: 200", "DATA 3 15535");
			peer.window(0, 100_000);
			assertThat(peer.frames()).containsExactly("DATA 3 16384", "DATA 3 16384", "DATA 3 1697",
					"HEADERS 3 end x-sum: 1");
			assertThat(peer.connection.activeStreams()).isZero();
		}
	}

	@Test
	void writerIsToldWhenThereIsRoomAgain() {
		try (Peer peer = Peer.server()) {
			peer.settings(new Http2Settings().initialWindowSize(0));
			peer.get(1);
			peer.frames();
			Http2Stream stream = peer.stream(0).stream();
			stream.writeHead(Peer.ok(), false);
			for (int i = 0; i < 48; i++) {
				assertThat(stream.isWritable()).isTrue();
				stream.writeData(Unpooled.wrappedBuffer(new byte[1024]), false);
			}
			assertThat(stream.isWritable()).isFalse();
			peer.events();
			assertThat(peer.frames()).containsExactly("HEADERS 1 :status: 200");
			peer.window(1, 16 * 1024);
			assertThat(peer.events()).isEmpty();
			peer.window(1, 1);
			assertThat(peer.events()).containsExactly("1 writable");
			assertThat(stream.isWritable()).isTrue();
			peer.settings(new Http2Settings().initialWindowSize(100_000));
			assertThat(peer.frames()).containsExactly("DATA 1 16384", "DATA 1 \0", "SETTINGS ack", "DATA 1 16383",
					"DATA 1 16384");
		}
	}

	@ParameterizedTest
	@CsvSource({ "content-length, 5, hello, true", "content-length, 4, hello, false", "content-length, 6, hello, false",
			"content-length, 0, hello, false" })
	void lengthOfABodyMustBeWhatTheHeadSays(String name, String value, String body, boolean sound) {
		try (Peer peer = Peer.server()) {
			peer.request(1, "POST", false, name, value);
			peer.data(1, body, true);
			assertThat(peer.frames().contains("RST_STREAM 1 1")).isEqualTo(!sound);
			assertThat(peer.events().contains("1 end")).isEqualTo(sound);
		}
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "connection, close", "te, gzip", "transfer-encoding, chunked", "X-Big, 1", "x a, 1",
					"host, b.test", "content-length, 05", "content-length, -1", ":path, /", ":unknown, 1", "upgrade, x",
					"proxy-connection, x", "keep-alive, x" })
	void malformedRequestIsReset(String name, String value) {
		try (Peer peer = Peer.server()) {
			peer.events();
			peer.request(1, "POST", false, name, value);
			assertThat(peer.frames()).containsExactly("RST_STREAM 1 1");
			assertThat(peer.events()).isEmpty();
			peer.data(1, "late", true);
			assertThat(peer.frames()).isEmpty();
			peer.get(3, "te", "trailers", "host", "A.test");
			assertThat(peer.events()).containsExactly("3 GET / a.test te: trailers", "3 end");
		}
	}

	@Test
	void controlCharactersAreMalformed() {
		for (char c = 0; c < 0x20; c++) {
			try (Peer peer = Peer.server()) {
				peer.get(1, "x-a", "1" + c + "2");
				assertThat(peer.frames().contains("RST_STREAM 1 1")).isEqualTo(c != '\t');
			}
		}
	}

	@Test
	void largeHeadIsTurnedAwayAndTheNextOneIsNot() {
		try (Peer peer = Peer.server()) {
			peer.events();
			peer.headers(1, true, ":method", "HEAD", ":scheme", "http", ":path", "/" + "x".repeat(20_000));
			assertThat(peer.events()).containsExactly("1 HEAD  null HEADERS_TOO_LARGE", "1 end");
			String[] many = new String[202];
			for (int i = 0; i < many.length; i++) {
				many[i] = (i % 2 == 0) ? "a" : "b";
			}
			peer.get(3, many);
			assertThat(peer.events().getFirst()).startsWith("3 GET / a.test TOO_MANY_HEADERS");
			peer.get(5);
			assertThat(peer.events()).containsExactly("5 GET / a.test", "5 end");
		}
	}

	@Test
	void extendedConnectHasABody() {
		try (Peer peer = Peer.server()) {
			peer.events();
			peer.headers(1, false, ":method", "CONNECT", ":protocol", "websocket", ":scheme", "https", ":path", "/chat",
					":authority", "a.test");
			peer.headers(3, true, ":method", "CONNECT", ":authority", "a.test:443");
			assertThat(peer.events()).containsExactly("1 CONNECT /chat a.test body", "3 CONNECT  a.test:443", "3 end");
			assertThat(java.util.Objects.requireNonNull(peer.stream(0).head).protocol()).isEqualTo("websocket");
			peer.headers(5, true, ":method", "GET", ":protocol", "websocket", ":scheme", "https", ":path", "/chat",
					":authority", "a.test");
			assertThat(peer.frames()).containsExactly("RST_STREAM 5 1");
		}
	}

	@Test
	void resetsAreCountedFor30Seconds() {
		try (Peer peer = Peer.server()) {
			for (int i = 0; i < 5; i++) {
				peer.get(1 + 2 * i).reset(1 + 2 * i, 8);
			}
			peer.time.advance(Duration.ofSeconds(30).toNanos(), TimeUnit.NANOSECONDS);
			for (int i = 5; i < 10; i++) {
				peer.get(1 + 2 * i).reset(1 + 2 * i, 8);
			}
			assertThat(peer.frames()).isEmpty();
			assertThat(peer.events()).contains("11 reset 8 by peer");
			peer.get(101).get(103).reset(101, 8);
			assertThat(peer.frames()).containsExactly("GOAWAY 103 11");
			assertThat(peer.events()).endsWith("101 reset 8 by peer", "103 lost", "flood resets",
					"closed flood: resets");
			assertThat(peer.channel.isOpen()).isFalse();
		}
	}

	@Test
	void resetsThatAreProvokedAreCounted() {
		try (Peer peer = Peer.server()) {
			for (int i = 0; i < 6; i++) {
				peer.get(1 + 2 * i).window(1 + 2 * i, 0);
			}
			assertThat(peer.frames()).hasSize(7).endsWith("GOAWAY 11 11");
			assertThat(peer.events()).endsWith("flood provoked-resets", "closed flood: provoked-resets");
		}
		try (Peer peer = Peer.server()) {
			for (int i = 0; i < 6; i++) {
				peer.request(1 + 2 * i, "POST", false);
				peer.stream(i).stream().writeHead(Peer.ok(), true);
				peer.stream(i).stream().reset(ErrorCode.NO_ERROR);
			}
			assertThat(peer.frames()).endsWith("GOAWAY 11 11");
		}
	}

	@Test
	void streamsBeyondTheLimitAreRefused() {
		try (Peer peer = Peer.server()) {
			peer.get(1).get(3).get(5).get(7);
			assertThat(peer.frames()).containsExactly("RST_STREAM 7 7");
			peer.stream(0).stream().writeHead(Peer.ok(), true);
			peer.events();
			peer.get(9);
			assertThat(peer.events()).contains("9 GET / a.test");
		}
	}

	@Test
	void goAwayIsAnnouncedThenMeant() {
		try (Peer peer = Peer.server()) {
			peer.request(1, "POST", false);
			peer.connection.announceGoAway();
			assertThat(peer.frames()).containsExactly("GOAWAY 2147483647 0");
			peer.get(3);
			peer.connection.closeWhenIdle();
			peer.events();
			assertThat(peer.frames()).containsExactly("GOAWAY 3 0");
			peer.request(5, "POST", false).data(5, "x", true).window(5, 1).reset(5, 8);
			assertThat(peer.frames()).isEmpty();
			peer.stream(0).stream().writeHead(Peer.ok(), true);
			peer.stream(1).stream().writeHead(Peer.ok(), true);
			assertThat(peer.frames()).hasSize(2);
			assertThat(peer.channel.isOpen()).isTrue();
			peer.data(1, "x", true);
			assertThat(peer.frames()).containsExactly("GOAWAY 3 0");
			assertThat(peer.events()).containsExactly("1 data x", "1 end", "closed");
			assertThat(peer.channel.isOpen()).isFalse();
		}
	}

	@Test
	void closeTellsEveryStream() {
		try (Peer peer = Peer.server()) {
			peer.get(1);
			peer.events();
			peer.connection.close();
			assertThat(peer.frames()).containsExactly("GOAWAY 1 0");
			assertThat(peer.events()).containsExactly("1 lost", "closed");
		}
	}

	@Test
	void responseIsHeard() {
		try (Peer peer = Peer.client(new Http2Settings().maxConcurrentStreams(1))) {
			peer.events();
			Peer.Heard heard = peer.open("POST", true);
			assertThat(peer.connection.canOpen()).isFalse();
			assertThat(peer.frames())
				.containsExactly("HEADERS 1 :method: POST, :scheme: http, :path: /, :authority: b.test");
			peer.headers(1, false, ":status", "103", "link", "x");
			peer.headers(1, false, ":status", "200", "content-length", "2");
			peer.data(1, "ok", false);
			peer.headers(1, true, "x-sum", "1");
			assertThat(peer.events()).containsExactly("1 103 link: x", "1 200 body content-length: 2", "1 data ok",
					"1 end x-sum: 1");
			heard.stream().writeData(Unpooled.EMPTY_BUFFER, true);
			assertThat(peer.frames()).containsExactly("DATA 1 end ");
			assertThat(peer.events()).containsExactly("allowed");
			assertThat(peer.connection.canOpen()).isTrue();
		}
	}

	@ParameterizedTest
	@CsvSource({ "101, false", "103, true", "99, false", "2000, false", "abc, false" })
	void malformedResponseIsReset(String status, boolean end) {
		try (Peer peer = Peer.client(new Http2Settings())) {
			peer.open("GET", false);
			peer.events();
			peer.frames();
			peer.headers(1, end, ":status", status);
			assertThat(peer.frames()).containsExactly("RST_STREAM 1 1");
			assertThat(peer.events()).contains("1 reset 1");
		}
	}

	@Test
	void responseToHeadMayHaveALengthAndItsContentIsForTheListenerToDrop() {
		try (Peer peer = Peer.client(new Http2Settings())) {
			peer.open("HEAD", false);
			peer.open("HEAD", false);
			peer.events();
			peer.headers(1, true, ":status", "200", "content-length", "5");
			assertThat(peer.events()).contains("1 200 content-length: 5", "1 end");
			peer.headers(3, false, ":status", "200", "content-length", "4");
			peer.data(3, "hello", true);
			assertThat(peer.events()).contains("3 data hello", "3 end");
			assertThat(peer.frames()).noneMatch((frame) -> frame.startsWith("RST_STREAM"));
		}
	}

	@Test
	void goAwayRefusesWhatTheInstanceHasNotSeen() {
		try (Peer peer = Peer.client(new Http2Settings())) {
			peer.open("GET", false);
			peer.open("GET", false);
			peer.events();
			peer.goAway(1);
			assertThat(peer.events()).startsWith("goaway", "3 refused");
			assertThat(peer.connection.canOpen()).isFalse();
			peer.headers(1, true, ":status", "204");
			assertThat(peer.events()).contains("1 204", "1 end");
			assertThat(peer.connection.activeStreams()).isZero();
		}
	}

	@Test
	void wholeResponseSurvivesTheResetAndTheEndOfTheConnection() {
		try (Peer peer = Peer.client(new Http2Settings())) {
			peer.open("POST", true).stream().pause();
			peer.open("POST", true).stream().pause();
			peer.open("POST", true);
			peer.events();
			for (int stream : new int[] { 1, 3 }) {
				peer.headers(stream, false, ":status", "413");
				peer.data(stream, "no", true);
			}
			peer.reset(1, 0);
			assertThat(peer.events()).startsWith("1 413 body", "3 413 body").doesNotContain("1 reset 0 by peer");
			peer.hangUp();
			assertThat(peer.events()).containsExactly("5 lost", "closed");
			peer.stream(0).stream().resume();
			peer.stream(1).stream().resume();
			assertThat(peer.events()).containsExactly("1 data no", "1 end", "1 reset 0 by peer", "3 data no", "3 end");
		}
	}

	@Test
	void largeHeadIsSplit() {
		try (Peer peer = Peer.server()) {
			peer.get(1);
			var head = Peer.ok();
			for (int i = 0; i < 40; i++) {
				head.fields().add("x-" + i, KIB);
			}
			peer.stream(0).stream().writeHead(head, true);
			assertThat(peer.frames()).singleElement().asString().contains("x-39: xxx").startsWith("HEADERS 1 end");
		}
	}

	@Test
	void nothingIsKeptOfAStreamThatIsGone() {
		try (Peer peer = Peer.server()) {
			peer.settings(new Http2Settings().initialWindowSize(0));
			peer.onRequest = (heard) -> heard.stream().pause();
			peer.request(1, "POST", false).request(3, "POST", false).request(5, "POST", false);
			for (int i = 0; i < 3; i++) {
				peer.data(1 + 2 * i, KIB, false);
				Http2Stream stream = peer.stream(i).stream();
				stream.writeHead(Peer.ok(), false);
				stream.writeData(Unpooled.buffer().writeBytes(new byte[10]), false);
				stream.writeData(Unpooled.buffer().writeBytes(new byte[5000]), false);
			}
			peer.events();
			peer.reset(1, 8);
			peer.stream(1).stream().reset(8);
			peer.stream(1).stream().reset(8);
			peer.stream(1).stream().writeData(Unpooled.buffer().writeBytes(new byte[10]), true);
			peer.hangUp();
			assertThat(peer.events()).containsExactly("1 reset 8 by peer", "5 lost", "closed");
			peer.stream(2).stream().resume();
			assertThat(peer.events()).isEmpty();
		}
	}

	@Test
	void endLeavesWithTheLastBytesOfTheTurn() {
		try (Peer peer = Peer.server()) {
			peer.get(1).get(3).get(5);
			Http2Stream one = peer.stream(0).stream();
			Http2Stream two = peer.stream(1).stream();
			Http2Stream three = peer.stream(2).stream();
			one.writeHead(Peer.ok(), false);
			one.writeData(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII), false);
			one.writeData(Unpooled.EMPTY_BUFFER, true);
			two.writeHead(Peer.ok(), false);
			two.writeData(Unpooled.wrappedBuffer(new byte[5000]), false);
			two.writeData(Unpooled.EMPTY_BUFFER, true);
			three.writeHead(Peer.ok(), false);
			three.writeData(Unpooled.copiedBuffer("ok", StandardCharsets.US_ASCII), false);
			assertThat(peer.frames()).containsExactly("HEADERS 1 :status: 200", "DATA 1 end ok",
					"HEADERS 3 :status: 200", "DATA 3 end 5000", "HEADERS 5 :status: 200", "DATA 5 ok");
			three.writeData(Unpooled.EMPTY_BUFFER, true);
			assertThat(peer.frames()).containsExactly("DATA 5 end ");
			assertThat(peer.connection.activeStreams()).isZero();
		}
	}

	@Test
	void streamThatAnotherOnesListenerHasResetHearsNothing() {
		try (Peer peer = Peer.client(new Http2Settings())) {
			Peer.Heard first = peer.open("GET", false);
			Peer.Heard second = peer.open("GET", false);
			first.then = () -> second.stream().reset(ErrorCode.CANCEL);
			second.then = () -> first.stream().reset(ErrorCode.CANCEL);
			peer.events();
			peer.goAway(0);
			assertThat(peer.events()).filteredOn((event) -> event.endsWith("refused")).hasSize(1);
		}
		try (Peer peer = Peer.server()) {
			peer.get(1).get(3);
			peer.stream(0).then = () -> peer.stream(1).stream().reset(ErrorCode.CANCEL);
			peer.stream(1).then = () -> peer.stream(0).stream().reset(ErrorCode.CANCEL);
			peer.events();
			peer.hangUp();
			assertThat(peer.events()).filteredOn((event) -> event.endsWith("lost")).hasSize(1);
		}
	}

	@Test
	void smallPiecesThatWaitForAWindowHoldNoLargeBuffers() {
		try (Peer peer = Peer.server()) {
			peer.settings(new Http2Settings().initialWindowSize(0));
			peer.get(1);
			Http2Stream stream = peer.stream(0).stream();
			stream.writeHead(Peer.ok(), false);
			ByteBuf large = Unpooled.buffer(60 * 1024).writeZero(60 * 1024);
			stream.writeData(large.readRetainedSlice(2000), false);
			stream.writeData(large.readRetainedSlice(3000), false);
			assertThat(large.refCnt()).isOne();
			large.release();
			peer.frames();
			peer.window(1, 10_000);
			assertThat(peer.frames()).containsExactly("DATA 1 5000");
		}
	}

	@Test
	void fewBytesOfABodyHoldNoLargeBuffer() {
		try (Peer peer = Peer.server()) {
			peer.request(1, "POST", false).request(3, "POST", false);
			List<ByteBuf> kept = new ArrayList<>();
			peer.stream(0).data = kept::add;
			byte[] data = peer.recorded((writer, context) -> writer.writeData(context, 1,
					Unpooled.copiedBuffer("x", StandardCharsets.US_ASCII), 0, false, context.newPromise()));
			ByteBuf in = Unpooled.buffer(60 * 1024).writeBytes(data);
			for (int i = 0; i < 3; i++) {
				// Of an unknown type.
				in.writeMedium(16 * 1024).writeByte(0x77).writeZero(5 + 16 * 1024);
			}
			peer.channel.writeInbound(in);
			assertThat(kept).hasSize(1);
			assertThat(in.refCnt()).isZero();
			kept.forEach(ByteBuf::release);
		}
	}

	@Test
	void peerThatReadsNothingIsGivenNoWindows() {
		try (Peer peer = Peer.server()) {
			peer.request(1, "POST", false);
			peer.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
			for (int i = 0; i < 60; i++) {
				peer.data(1, KIB, false);
			}
			assertThat(peer.frames()).isEmpty();
			peer.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
			assertThat(peer.frames()).containsExactlyInAnyOrder("WINDOW_UPDATE 1 61440");
			peer.data(1, KIB.repeat(15), false).data(1, KIB.repeat(15), false).data(1, KIB.repeat(15), false);
			assertThat(peer.frames()).contains("WINDOW_UPDATE 0 107520");
		}
	}

}
