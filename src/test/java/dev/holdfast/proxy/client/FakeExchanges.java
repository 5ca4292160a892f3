package dev.holdfast.proxy.client;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Takes requests, writes down what happens to them, and answers as it is told.
 */
final class FakeExchanges implements RequestHandler {

	final List<Exchange> all = new ArrayList<>();

	/** What is done with each request at once. */
	Consumer<Exchange> first = (exchange) -> {
	};

	@Override
	public void onRequest(ClientStream stream) {
		Exchange exchange = new Exchange(stream);
		this.all.add(exchange);
		stream.listen(exchange);
		this.first.accept(exchange);
	}

	Exchange last() {
		return this.all.getLast();
	}

	/**
	 * One request.
	 */
	static final class Exchange implements RequestListener {

		final ClientStream stream;

		final String line;

		final StringBuilder body = new StringBuilder();

		boolean ended;

		String trailers = "";

		int gone;

		int writable;

		@Nullable Rejection malformed;

		private Exchange(ClientStream stream) {
			this.stream = stream;
			this.line = stream.head().method() + " " + stream.head().target();
		}

		@Override
		public void onBody(ByteBuf data) {
			this.body.append(data.toString(StandardCharsets.ISO_8859_1));
			data.release();
		}

		@Override
		public void onEnd(HeaderFields trailers) {
			this.ended = true;
			this.trailers = trailers.toString();
		}

		@Override
		public void onMalformed(Rejection rejection) {
			this.malformed = rejection;
		}

		@Override
		public void onGone() {
			this.gone++;
		}

		@Override
		public void onWritable() {
			this.writable++;
		}

		/**
		 * Answer with a length.
		 */
		void answer(int status, String text, String... fields) {
			head(status, text.length(), true, fields);
			this.stream.write(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1));
			this.stream.end(HeaderFields.NONE);
		}

		/**
		 * Answer in pieces of unknown number.
		 */
		void stream(String... pieces) {
			head(200, -1, true);
			for (String piece : pieces) {
				this.stream.write(Unpooled.copiedBuffer(piece, StandardCharsets.ISO_8859_1));
			}
		}

		void head(int status, long length, boolean hasBody, String... fields) {
			ResponseHead head = response(status, fields);
			if (length >= 0) {
				head.fields().add("content-length", Long.toString(length));
			}
			head.frame(length, hasBody);
			this.stream.writeHead(head);
		}

		static ResponseHead response(int status, String... fields) {
			ResponseHead head = new ResponseHead();
			head.begin(HttpVersion.HTTP_1_1, status, "Fine");
			for (int i = 0; i < fields.length; i += 2) {
				head.fields().add(fields[i], fields[i + 1]);
			}
			return head;
		}

	}

}
