package dev.holdfast.check;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class BodySearchTests {

	@ParameterizedTest
	@CsvSource({ "ok, it is ok, true", "ok, it is not, false", "'', anything, true", "ab, xaab, true",
			"aabaaa, aabaabaaa, true", "abab, aabaab, false", "ok, o, false", "status: UP, '{status: UP}', true" })
	void aTextIsFoundHoweverTheBodyComes(String wanted, String body, boolean found) {
		for (int size = 1; size <= body.length(); size++) {
			BodySearch search = new BodySearch(wanted.getBytes(StandardCharsets.UTF_8));
			ByteBuf bytes = Unpooled.copiedBuffer(body, StandardCharsets.UTF_8);
			while (bytes.isReadable()) {
				ByteBuf piece = bytes.readSlice(Math.min(size, bytes.readableBytes()));
				search.look(piece, piece.readableBytes());
			}
			assertThat(search.hasFound()).as("in pieces of %d", size).isEqualTo(found);
		}
	}

}
