package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * Reads the bodies of messages piece by piece: as many bytes as were announced, chunks,
 * or all that comes until the connection ends (RFC 9112, sections 6 and 7).
 */
final class BodyReader {

	/** As much as one read brings: every piece is handed on by itself. */
	private static final int MAX_PIECE = 64 * 1024;

	private final ChunkLineReader chunkLines = new ChunkLineReader();

	private Place place = Place.END;

	/** What is left of the body or the chunk. */
	private long remaining;

	private ByteBuf piece = Unpooled.EMPTY_BUFFER;

	/**
	 * Begin a body that ends as the fields say.
	 * @param framing what the fields say
	 */
	void begin(MessageFraming framing) {
		if (framing.isChunked()) {
			this.chunkLines.begin();
			this.place = Place.CHUNK_LINE;
		}
		else {
			this.remaining = framing.contentLength();
			this.place = (this.remaining > 0) ? Place.LENGTH : Place.END;
		}
	}

	/**
	 * Begin a body without content, whatever the fields say.
	 */
	void beginEmpty() {
		this.place = Place.END;
	}

	/**
	 * Begin a body that the end of the connection ends.
	 */
	void beginUntilClose() {
		this.place = Place.UNTIL_CLOSE;
	}

	/**
	 * Read on, by one step.
	 * @param in what the connection brought
	 * @return {@link Parsed#BODY} for a piece, {@link Parsed#END} when the body has
	 * ended, which takes no bytes but the last chunk's line, {@link Parsed#NEED_DATA} for
	 * neither
	 * @throws MalformedMessageException if what should be a chunk is none
	 */
	Parsed read(ByteBuf in) throws MalformedMessageException {
		return switch (this.place) {
			case LENGTH -> readCounted(in, Place.END);
			case CHUNK_LINE -> readChunkLine(in);
			case CHUNK -> readCounted(in, Place.CHUNK_END);
			case CHUNK_END -> readChunkEnd(in);
			case UNTIL_CLOSE -> readPiece(in, in.readableBytes());
			case TRAILERS, END -> Parsed.END;
		};
	}

	private Parsed readCounted(ByteBuf in, Place next) {
		Parsed step = readPiece(in, (int) Math.min(in.readableBytes(), this.remaining));
		if (step == Parsed.BODY) {
			this.remaining -= this.piece.readableBytes();
			if (this.remaining == 0) {
				this.place = next;
			}
		}
		return step;
	}

	private Parsed readPiece(ByteBuf in, int length) {
		if (length == 0) {
			return Parsed.NEED_DATA;
		}
		this.piece = in.readRetainedSlice(Math.min(length, MAX_PIECE));
		return Parsed.BODY;
	}

	private Parsed readChunkLine(ByteBuf in) throws MalformedMessageException {
		long size = this.chunkLines.read(in);
		if (size < 0) {
			return Parsed.NEED_DATA;
		}
		if (size == 0) {
			this.place = Place.TRAILERS;
			return Parsed.END;
		}
		this.remaining = size;
		this.place = Place.CHUNK;
		return readCounted(in, Place.CHUNK_END);
	}

	private Parsed readChunkEnd(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		int length = in.readableBytes();
		if ((length > 0 && in.getByte(start) != '\r') || (length > 1 && in.getByte(start + 1) != '\n')) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (length < 2) {
			return Parsed.NEED_DATA;
		}
		in.skipBytes(2);
		this.place = Place.CHUNK_LINE;
		return readChunkLine(in);
	}

	/**
	 * Return the piece that was read last.
	 * @return the bytes, for the caller to release
	 */
	ByteBuf piece() {
		return this.piece;
	}

	/**
	 * Whether trailers follow the body, which has ended.
	 */
	boolean isBeforeTrailers() {
		return this.place == Place.TRAILERS;
	}

	/**
	 * Whether the body is whole when the connection ends now.
	 * @param inOrder whether its end can be a body's
	 */
	boolean isWholeAtClose(boolean inOrder) {
		return this.place == Place.END || (this.place == Place.UNTIL_CLOSE && inOrder);
	}

	/**
	 * Forget the piece that was read last.
	 */
	void forget() {
		this.piece = Unpooled.EMPTY_BUFFER;
	}

	private enum Place {

		LENGTH, CHUNK_LINE, CHUNK, CHUNK_END, UNTIL_CLOSE, TRAILERS, END

	}

}
