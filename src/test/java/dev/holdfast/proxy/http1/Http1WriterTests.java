package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Http1WriterTests {

	private final ByteBuf out = Unpooled.buffer();

	@Test
	void requestIsWrittenInItsOrder() {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_0, "GET", "/a?b");
		head.fields().add("Host", "c");
		head.fields().add("X", "d");
		Http1Writer.writeHead(head, this.out);
		assertThat(written()).isEqualTo("GET /a?b HTTP/1.1\r\nHost: c\r\nX: d\r\n\r\n");
	}

	@Test
	void chunkedRequestSaysSo() {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_1, "POST", "/");
		head.frame(-1, true, true);
		Http1Writer.writeHead(head, this.out);
		assertThat(written()).isEqualTo("POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n");
	}

	@Test
	void largeHeadIsWritten() {
		RequestHead head = new RequestHead();
		head.begin(HttpVersion.HTTP_1_1, "GET", "/" + "a".repeat(20_000));
		Http1Writer.writeHead(head, this.out);
		assertThat(written()).isEqualTo("GET /" + "a".repeat(20_000) + " HTTP/1.1\r\n\r\n");
	}

	@Test
	void responseIsWrittenWithTheUsualReason() {
		ResponseHead head = response(404, "");
		head.fields().add("A", "b");
		Http1Writer.writeHead(head, "", false, this.out);
		assertThat(written()).isEqualTo("HTTP/1.1 404 Not Found\r\nA: b\r\n\r\n");
	}

	@Test
	void responseIsWrittenWithItsOwnReason() {
		Http1Writer.writeHead(response(200, "Fein\u00e4"), "close", true, this.out);
		assertThat(written())
			.isEqualTo("HTTP/1.1 200 Fein\u00e4\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n");
	}

	@Test
	void statusNobodyKnowsIsWritten() {
		Http1Writer.writeHead(response(799, ""), "", false, this.out);
		assertThat(written()).isEqualTo("HTTP/1.1 799 \r\n\r\n");
	}

	@Test
	void connectionIsOneField() {
		ResponseHead head = response(426, "");
		head.fields().add("upgrade", "x");
		head.fields().add("connection", "upgrade");
		Http1Writer.writeHead(head, "close", false, this.out);
		assertThat(written())
			.isEqualTo("HTTP/1.1 426 Upgrade Required\r\nupgrade: x\r\nconnection: upgrade, close\r\n\r\n");
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 9, 10, 15, 16, 17, 255, 256, 4095, 65536, 0xabcdef, Integer.MAX_VALUE })
	void sizeOfAChunkIsHexadecimal(int size) {
		Http1Writer.writeChunkSize(size, this.out);
		assertThat(written()).isEqualTo(Integer.toHexString(size) + "\r\n");
	}

	@Test
	void lastChunkHasTheTrailers() {
		Http1Writer.writeLastChunk(HeaderFields.NONE, this.out);
		assertThat(written()).isEqualTo("0\r\n\r\n");
		this.out.clear();
		HeaderFields trailers = new HeaderFields();
		trailers.add("A", "b");
		Http1Writer.writeLastChunk(trailers, this.out);
		assertThat(written()).isEqualTo("0\r\nA: b\r\n\r\n");
	}

	private static ResponseHead response(int status, String reason) {
		ResponseHead head = new ResponseHead();
		head.begin(HttpVersion.HTTP_1_1, status, reason);
		return head;
	}

	private String written() {
		return this.out.toString(StandardCharsets.ISO_8859_1);
	}

}
