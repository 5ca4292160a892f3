package dev.holdfast.proxy.http2;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Frames by chance, from seeds.
 */
class Http2FuzzTests {

	private static final int SEEDS = 4;

	private static final int MANY_SEEDS = 100;

	private static final Http2Limits LIMITS = new Http2Limits(100, 64 * 1024, 100 * 64 * 1024, 16 * 1024, 100, 0);

	/**
	 * Whatever comes and wherever it is cut, streams are told of one end, and nothing is
	 * kept.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void framesByChanceAreSurvived(boolean server) {
		IntStream.range(0, SEEDS).forEach((seed) -> assertSurvived(server, seed));
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	@Tag("slow")
	void manyFramesByChanceAreSurvived(boolean server) {
		IntStream.range(0, MANY_SEEDS).forEach((seed) -> assertSurvived(server, seed));
	}

	private static void assertSurvived(boolean server, int seed) {
		Random random = new Random(seed);
		List<ByteBuf> given = new ArrayList<>();
		try (Peer peer = server ? Peer.server(LIMITS) : Peer.client(new Http2Settings())) {
			peer.onRequest = (heard) -> act(heard.stream(), random);
			for (int i = 0; i < 5 && !server; i++) {
				peer.open("POST", random.nextBoolean());
			}
			byte[] script = script(peer, server, random);
			int at = 0;
			while (at < script.length) {
				int next = Math.min(script.length, at + 1 + random.nextInt(2000));
				ByteBuf in = Unpooled.copiedBuffer(Arrays.copyOfRange(script, at, next));
				given.add(in);
				if (!peer.channel.isOpen()) {
					in.release();
					break;
				}
				peer.channel.writeInbound(in);
				for (Peer.Heard heard : List.copyOf(peer.streams)) {
					if (random.nextInt(4) == 0) {
						act(heard.stream(), random);
					}
				}
				at = next;
			}
			peer.frames();
			peer.hangUp();
			for (Peer.Heard heard : peer.streams) {
				heard.stream().resume();
			}
			List<String> events = peer.events();
			assertThat(events.stream().filter((event) -> event.startsWith("closed")).count()).isOne();
			for (Peer.Heard heard : peer.streams) {
				int id = heard.stream().id();
				assertThat(events.stream().filter((event) -> event.matches(id + " (reset|lost|refused).*")).count())
					.as("seed %d, stream %d: %s", seed, id, events)
					.isLessThanOrEqualTo(1);
			}
			assertThat(peer.connection.activeStreams()).isZero();
		}
		assertThat(given).as("seed %d", seed).allMatch((in) -> in.refCnt() == 0);
	}

	private static void act(Http2Stream stream, Random random) {
		switch (random.nextInt(8)) {
			case 0 -> stream.pause();
			case 1, 2 -> stream.resume();
			case 3 -> stream.writeHead(Peer.ok(), false);
			case 4, 5 -> stream.writeData(Unpooled.buffer().writeZero(random.nextInt(20_000)), random.nextBoolean());
			case 6 -> stream.reset(random.nextInt(10));
			default -> stream.writeData(Unpooled.EMPTY_BUFFER, true);
		}
	}

	private static byte[] script(Peer peer, boolean server, Random random) {
		ByteArrayOutputStream script = new ByteArrayOutputStream();
		int frames = 20 + random.nextInt(60);
		boolean wild = random.nextInt(3) == 0;
		int opened = 1;
		for (int i = 0; i < frames; i++) {
			int stream = 1 + 2 * random.nextInt(6);
			boolean end = random.nextInt(4) == 0;
			switch (random.nextInt(10)) {
				case 0, 1 -> {
					int id = server ? opened : stream;
					opened += 2;
					script.writeBytes(peer.head(id, server, end));
				}
				case 2, 3,
						4 ->
					script.writeBytes(peer.recorded((writer, context) -> writer.writeData(context, stream,
							Unpooled.buffer().writeZero(random.nextInt(3000)), random.nextInt(100), end,
							context.newPromise())));
				case 5 -> script.writeBytes(peer.recorded((writer, context) -> writer.writeWindowUpdate(context,
						random.nextBoolean() ? stream : 0, 1 + random.nextInt(100_000), context.newPromise())));
				case 6 -> script.writeBytes(peer.recorded((writer, context) -> writer.writeRstStream(context, stream,
						random.nextInt(12), context.newPromise())));
				case 7 -> script.writeBytes(peer.recorded((writer, context) -> writer.writeSettings(context,
						new Http2Settings().initialWindowSize(random.nextInt(100_000)), context.newPromise())));
				case 8 -> script.writeBytes(
						peer.recorded((writer, context) -> writer.writePing(context, false, 1, context.newPromise())));
				default -> {
					byte[] frame = new byte[9 + (wild ? random.nextInt(40) : 0)];
					random.nextBytes(frame);
					frame[0] = 0;
					frame[1] = 0;
					frame[2] = (byte) (frame.length - 9);
					frame[3] = (byte) (wild ? random.nextInt(12) : 0x77);
					script.writeBytes(frame);
				}
			}
		}
		return script.toByteArray();
	}

	/**
	 * What is written arrives, in its order and within the windows, however these are
	 * opened.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 20_000 })
	void allThatIsWrittenArrivesWithinTheWindows(int most) {
		IntStream.range(0, SEEDS).forEach((seed) -> assertArrives(most, seed));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 100, 20_000 })
	@Tag("slow")
	void allThatIsWrittenArrivesWithinTheWindowsManyTimes(int most) {
		IntStream.range(0, MANY_SEEDS).forEach((seed) -> assertArrives(most, seed));
	}

	private static void assertArrives(int most, int seed) {
		Random random = new Random(seed);
		try (Peer peer = Peer.server(LIMITS)) {
			peer.settings(new Http2Settings().initialWindowSize(most));
			peer.frames();
			int streams = 5;
			long[] written = new long[streams];
			long[] arrived = new long[streams];
			long[] windows = new long[streams];
			Arrays.fill(windows, most);
			long window = 65_535;
			Set<Integer> ended = new TreeSet<>();
			for (int i = 0; i < streams; i++) {
				peer.get(1 + 2 * i);
				peer.stream(i).stream().writeHead(Peer.ok(), false);
			}
			for (int round = 0; round < 500 && ended.size() < streams; round++) {
				int i = random.nextInt(streams);
				Http2Stream stream = peer.stream(i).stream();
				if (round < 100 && stream.isWritable()) {
					int length = random.nextInt(12_000);
					written[i] += length;
					stream.writeData(Unpooled.buffer().writeZero(length), false);
				}
				if (round >= 100) {
					stream.writeData(Unpooled.EMPTY_BUFFER, true);
				}
				boolean writable = round % 3 != 0;
				peer.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, writable);
				int more = (round < 100) ? 1 + random.nextInt(most) : 1 << 20;
				windows[i] += more;
				window += more;
				peer.window(1 + 2 * i, more).window(0, more);
				for (String frame : peer.frames()) {
					if (frame.startsWith("DATA ")) {
						String[] words = frame.split(" ", -1);
						int of = (Integer.parseInt(words[1]) - 1) / 2;
						boolean end = words[2].equals("end");
						String text = frame.substring(("DATA " + words[1] + (end ? " end " : " ")).length());
						int length = text.matches("[0-9]+") ? Integer.parseInt(text) : text.length();
						arrived[of] += length;
						windows[of] -= length;
						window -= length;
						assertThat(windows[of]).isNotNegative();
						assertThat(window).isNotNegative();
						if (end) {
							assertThat(ended.add(of)).isTrue();
						}
					}
				}
			}
			assertThat(ended).as("seed %d", seed).hasSize(streams);
			assertThat(arrived).isEqualTo(written);
		}
	}

	/**
	 * Of the connection's window no byte is lost.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2 })
	void connectionsWindowIsGivenBackWhateverBecomesOfStreams(long seed) {
		assertWindowIsGivenBack(seed);
	}

	@Test
	@Tag("slow")
	void connectionsWindowIsGivenBackWhateverBecomesOfManyStreams() {
		LongStream.rangeClosed(1, MANY_SEEDS / 2).forEach(Http2FuzzTests::assertWindowIsGivenBack);
	}

	private static void assertWindowIsGivenBack(long seed) {
		Random random = new Random(seed);
		Http2Limits limits = new Http2Limits(100, 64 * 1024, 1536 * 1024, 16 * 1024, 100, 0);
		try (Peer peer = Peer.server(limits)) {
			peer.onRequest = (heard) -> act(heard.stream(), random);
			long sent = 0;
			long back = 0;
			for (int id = 1; id < 2000; id += 2) {
				int stream = id;
				peer.request(id, "POST", false, "content-length", Integer.toString(random.nextInt(40_000)));
				int length = random.nextInt(12_000);
				int padding = random.nextInt(256);
				peer.send((writer, context) -> writer.writeData(context, stream, Unpooled.buffer().writeZero(length),
						padding, random.nextBoolean(), context.newPromise()));
				sent += length + padding;
				Http2Stream any = peer.stream(random.nextInt(peer.streams.size())).stream();
				act(any, random);
				if (random.nextInt(3) == 0) {
					peer.reset(id, ErrorCode.CANCEL);
				}
				if (peer.streams.size() > 50) {
					peer.streams.removeFirst().stream().reset(ErrorCode.CANCEL);
				}
				back += back(peer.frames());
			}
			for (Peer.Heard heard : peer.streams) {
				heard.stream().reset(ErrorCode.CANCEL);
			}
			back += back(peer.frames());
			assertThat(peer.channel.isOpen()).isTrue();
			assertThat(sent).isGreaterThan(4_000_000);
			assertThat(sent - back).isBetween(0L, limits.connectionWindow() / 2L);
		}
	}

	private static long back(List<String> frames) {
		return frames.stream()
			.filter((frame) -> frame.startsWith("WINDOW_UPDATE 0 "))
			.mapToLong((frame) -> Long.parseLong(frame.substring("WINDOW_UPDATE 0 ".length())))
			.sum();
	}

}
