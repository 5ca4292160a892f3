package dev.holdfast.proxy.http2;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.RequestHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.DefaultHttp2HeadersEncoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersEncoder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Header blocks, with Netty's codec at the other end.
 */
class HpackTests {

	private static final int ROUNDS = 3_000;

	private static final String[] NAMES = { ":path", ":authority", "accept", "cookie", "content-type", "x-request-id",
			"x-a", "authorization", "date", "te", "x-quite-long-name-of-a-field", "set-cookie" };

	@ParameterizedTest
	@ValueSource(ints = { 0, 512, Integer.MAX_VALUE })
	void readsWhatNettyWrites(int huffmanFrom) throws Exception {
		Random random = new Random(1);
		DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE, false,
				16, huffmanFrom);
		HpackDecoder decoder = new HpackDecoder();
		for (int i = 0; i < ROUNDS; i++) {
			DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
			List<String> expected = new ArrayList<>();
			for (int j = random.nextInt(12); j >= 0; j--) {
				String name = NAMES[random.nextInt(NAMES.length)];
				String value = value(random);
				headers.add(name, value);
			}
			headers.forEach((field) -> expected.add(field.getKey() + ": " + field.getValue()));
			ByteBuf block = Unpooled.buffer();
			encoder.encodeHeaders(3, headers, block);
			assertThat(read(decoder, bytes(block))).isEqualTo(expected);
		}
	}

	private static String value(Random random) {
		if (random.nextInt(3) > 0) {
			return "value-" + random.nextInt(20);
		}
		StringBuilder value = new StringBuilder("<");
		for (int i = random.nextInt(100); i > 0; i--) {
			value.append((char) (1 + random.nextInt(255)));
		}
		return value.append('>').toString();
	}

	private static byte[] bytes(ByteBuf block) {
		byte[] bytes = new byte[block.readableBytes()];
		block.readBytes(bytes);
		return bytes;
	}

	private static List<String> read(HpackDecoder decoder, byte[] block) throws Http2ViolationException {
		List<String> fields = new ArrayList<>();
		decoder.decode(block, 0, block.length, new HpackDecoder.Fields() {

			@Override
			public void add(HpackEntry entry) {
				fields.add(entry.toString());
			}

			@Override
			public void add(HeaderKind kind, FieldRole role, byte[] names, int nameStart, int nameEnd, byte[] values,
					int valueStart, int valueEnd, boolean sensitive) {
				fields.add(text(names, nameStart, nameEnd) + ": " + text(values, valueStart, valueEnd));
			}

		});
		return fields;
	}

	private static String text(byte[] bytes, int start, int end) {
		return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	@Test
	void nettyReadsWhatIsWritten() throws Exception {
		Random random = new Random(2);
		HpackEncoder encoder = new HpackEncoder();
		DefaultHttp2HeadersDecoder decoder = new DefaultHttp2HeadersDecoder(false, 1 << 20);
		for (int i = 0; i < ROUNDS; i++) {
			if (random.nextInt(50) == 0) {
				long size = random.nextInt(8192);
				decoder.configuration().maxHeaderTableSize(size);
				encoder.resize(size);
				if (random.nextBoolean()) {
					size += random.nextInt(1000);
					decoder.configuration().maxHeaderTableSize(size);
					encoder.resize(size);
				}
			}
			HeaderFields fields = new HeaderFields();
			List<String> expected = new ArrayList<>();
			for (int j = random.nextInt(12); j >= 0; j--) {
				String name = NAMES[2 + random.nextInt(NAMES.length - 2)];
				String value = value(random);
				fields.add(random.nextBoolean() ? name.toUpperCase(java.util.Locale.ROOT) : name, value);
				expected.add(name + ": " + value);
			}
			ByteBuf block = Unpooled.buffer();
			encoder.write(fields, block);
			List<String> decoded = new ArrayList<>();
			decoder.decodeHeaders(1, block).forEach((field) -> decoded.add(field.getKey() + ": " + field.getValue()));
			assertThat(decoded).isEqualTo(expected);
		}
	}

	@Test
	void agreesWithNettyOnWhatIsMalformed() throws Exception {
		Random random = new Random(3);
		int malformed = 0;
		for (int i = 0; i < 5_000; i++) {
			DefaultHttp2HeadersEncoder encoder = new DefaultHttp2HeadersEncoder(Http2HeadersEncoder.NEVER_SENSITIVE,
					false, 16, random.nextBoolean() ? 0 : 512);
			HpackDecoder own = new HpackDecoder();
			DefaultHttp2HeadersDecoder netty = new DefaultHttp2HeadersDecoder(false, 1 << 20);
			for (int j = 0; j < 3; j++) {
				DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
				for (int k = random.nextInt(4); k >= 0; k--) {
					headers.add(NAMES[random.nextInt(NAMES.length)], value(random));
				}
				ByteBuf block = Unpooled.buffer();
				encoder.encodeHeaders(3, headers, block);
				byte[] bytes = bytes(block);
				for (int k = random.nextInt(3); k > 0; k--) {
					bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
				}
				List<String> expected = readByNetty(netty, bytes);
				List<String> actual = readOrNull(own, bytes);
				if (expected == null || actual == null) {
					malformed++;
					assertThat(actual).as("%s", java.util.HexFormat.of().formatHex(bytes)).isEqualTo(expected);
					break;
				}
				assertThat(actual).isEqualTo(expected);
			}
		}
		assertThat(malformed).isGreaterThan(300);
	}

	/**
	 * Netty puts pseudo-fields first, and keeps blanks around a value.
	 */
	private static List<String> normalized(List<String> fields) {
		return fields.stream().map((field) -> field.replaceAll(": [ \t]*|[ \t]+$", "")).sorted().toList();
	}

	private static @Nullable List<String> readByNetty(DefaultHttp2HeadersDecoder decoder, byte[] bytes) {
		try {
			List<String> fields = new ArrayList<>();
			Http2Headers headers = decoder.decodeHeaders(1, Unpooled.wrappedBuffer(bytes));
			headers.forEach((field) -> fields.add(field.getKey() + ": " + field.getValue()));
			return normalized(fields);
		}
		catch (Http2Exception ex) {
			return null;
		}
	}

	private static @Nullable List<String> readOrNull(HpackDecoder decoder, byte[] bytes) {
		try {
			return normalized(read(decoder, bytes));
		}
		catch (Http2ViolationException ex) {
			return null;
		}
	}

	@Test
	void tableIsBounded() throws Exception {
		HpackDecoder decoder = new HpackDecoder();
		for (int i = 0; i < 1000; i++) {
			read(decoder, ("@\3n" + (10 + i % 80) + "\nvalue-" + (1000 + i)).getBytes(StandardCharsets.ISO_8859_1));
		}
		assertThat(decoder.table().size()).isLessThanOrEqualTo(HpackDecoder.TABLE_SIZE);
		assertThat(decoder.table().count()).isBetween(80, 100);
		read(decoder, new byte[] { 0x20 });
		assertThat(decoder.table().count()).isZero();
	}

	@Test
	void tableThatIsLargerThanAllowedIsMalformed() {
		assertThatExceptionOfType(Http2ViolationException.class)
			.isThrownBy(() -> read(new HpackDecoder(), new byte[] { 0x3f, (byte) 0xe2, 0x1f }))
			.satisfies((ex) -> assertThat(ex.code()).isEqualTo(ErrorCode.COMPRESSION_ERROR));
	}

	@Test
	void fieldThatComesAgainTakesAByte() {
		HpackEncoder encoder = new HpackEncoder();
		HeaderFields fields = new HeaderFields();
		fields.add("Server", "test");
		List<Integer> lengths = new ArrayList<>();
		for (int i = 0; i < 4; i++) {
			ByteBuf block = Unpooled.buffer();
			encoder.write(fields, block);
			lengths.add(block.readableBytes());
		}
		assertThat(lengths).containsExactly(7, 6, 1, 1);
	}

	/**
	 * RFC 7541, section 7.1.3: whoever passes such a field on says so as well.
	 */
	@Test
	void fieldThatNobodyMayKeepIsPassedOnAsSuch() throws Exception {
		DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
		headers.add("x-a", "1").add("x-token", "secret").add("x-b", "2");
		ByteBuf block = Unpooled.buffer();
		new DefaultHttp2HeadersEncoder((name, value) -> name.toString().equals("x-token")).encodeHeaders(3, headers,
				block);
		FieldReader reader = new FieldReader(Http2Server.LIMITS);
		HeaderFields received = new HeaderFields();
		reader.begin(FieldReader.Section.TRAILERS, received);
		byte[] bytes = bytes(block);
		new HpackDecoder().decode(bytes, 0, bytes.length, reader);
		HeaderFields passed = new HeaderFields();
		passed.addAll(received);
		passed.remove(0);
		HpackEncoder encoder = new HpackEncoder();
		for (int i = 0; i < 3; i++) {
			ByteBuf out = Unpooled.buffer();
			encoder.write(passed, out);
			assertThat(out.getByte(0)).isEqualTo((byte) 0x10);
			assertThat(out.toString(StandardCharsets.ISO_8859_1)).startsWith("\u0010\u0007x-token\u0006secret");
		}
		passed.clear();
		passed.add("X-Token", "open");
		ByteBuf out = Unpooled.buffer();
		encoder.write(passed, out);
		assertThat(out.getByte(0) & 0xf0).isZero();
	}

	@Test
	void pathThatNobodyMayKeepIsPassedOnAsSuch() throws Exception {
		DefaultHttp2Headers headers = new DefaultHttp2Headers(false);
		headers.add(":method", "GET").add(":scheme", "http").add(":path", "/?secret").add(":authority", "a");
		ByteBuf block = Unpooled.buffer();
		new DefaultHttp2HeadersEncoder((name, value) -> name.toString().equals(":path")).encodeHeaders(3, headers,
				block);
		FieldReader reader = new FieldReader(Http2Server.LIMITS);
		RequestHead received = new RequestHead();
		reader.begin(FieldReader.Section.REQUEST, received.fields());
		byte[] bytes = bytes(block);
		new HpackDecoder().decode(bytes, 0, bytes.length, reader);
		assertThat(reader.finish(received, true)).isTrue();
		ByteBuf out = Unpooled.buffer();
		new HpackEncoder().write(received, false, out);
		assertThat(out.toString(StandardCharsets.ISO_8859_1)).contains("\u0014\u0008/?secret");
	}

	@Test
	void secretsAreNeverKept() {
		HpackEncoder encoder = new HpackEncoder();
		HeaderFields fields = new HeaderFields();
		fields.add("Authorization", "Basic me");
		for (int i = 0; i < 4; i++) {
			ByteBuf block = Unpooled.buffer();
			encoder.write(fields, block);
			assertThat(block.getByte(0) & 0xf0).isEqualTo(0x10);
		}
	}

}
