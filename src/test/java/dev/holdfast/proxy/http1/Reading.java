package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HttpVersion;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * What a parser understood, as text that does not depend on where the input was cut.
 */
final class Reading {

	private final MessageParser<?> parser;

	private final Supplier<String> head;

	private final StringBuilder text = new StringBuilder();

	private int headEnd;

	private boolean malformed;

	private Reading(MessageParser<?> parser, Supplier<String> head) {
		this.parser = parser;
		this.head = head;
	}

	/**
	 * Read requests that come in pieces.
	 */
	static String of(RequestParser parser, String... pieces) {
		return new Reading(parser, () -> head(parser)).read(pieces);
	}

	/**
	 * Read a response that comes in pieces, behind which the connection ends.
	 */
	static String of(ResponseParser parser, String... pieces) {
		Reading reading = new Reading(parser, () -> head(parser));
		String text = reading.read(pieces);
		return reading.malformed ? text : text + " " + parser.endOfInput(true);
	}

	private static String head(RequestParser parser) {
		String version = (parser.head().version() == HttpVersion.HTTP_1_0) ? "1.0" : "1.1";
		return parser.head().method() + " " + parser.head().target() + " " + version + fields(parser.head().fields());
	}

	private static String head(ResponseParser parser) {
		return parser.head().status() + " " + parser.head().reason() + fields(parser.head().fields());
	}

	private static String fields(HeaderFields fields) {
		StringBuilder text = new StringBuilder();
		for (int i = 0; i < fields.size(); i++) {
			text.append(" [").append(fields.name(i)).append(": ").append(fields.value(i)).append(']');
		}
		return text.toString();
	}

	private String read(String... pieces) {
		ByteBuf in = ByteBufAllocator.DEFAULT.buffer();
		try {
			for (String piece : pieces) {
				in.writeCharSequence(piece, StandardCharsets.ISO_8859_1);
				for (Parsed step = this.parser.next(in); step != Parsed.NEED_DATA; step = this.parser.next(in)) {
					take(step);
				}
				in.discardReadBytes();
			}
		}
		finally {
			in.release();
		}
		return this.text.toString().strip();
	}

	private void take(Parsed step) {
		switch (step) {
			case NEED_DATA -> {
				// Nothing has been read.
			}
			case HEAD -> {
				this.headEnd = this.text.length();
				this.text.append('\n').append(this.head.get()).append(' ');
			}
			case BODY -> {
				this.text.append(this.parser.body().toString(StandardCharsets.ISO_8859_1));
				this.parser.body().release();
			}
			case END -> {
				this.text.append(" END").append(fields(this.parser.trailers()));
				this.headEnd = this.text.length();
			}
			case MALFORMED -> {
				this.malformed = true;
				// How much of a malformed body was understood may depend on the pieces.
				this.text.setLength(this.headEnd);
				this.text.append('\n').append(this.parser.rejection());
			}
		}
	}

}
