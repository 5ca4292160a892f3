package dev.holdfast.proxy.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/**
 * What a connection brought and nobody has read.
 */
final class InputBuffers {

	/** As large as one that need not become smaller, bytes. */
	private static final int SMALL = 512;

	private InputBuffers() {
	}

	/**
	 * Join what came to what was kept.
	 * @param kept what was kept, which belongs to the result
	 * @param bytes what came, which belongs to the result
	 * @return both
	 */
	static ByteBuf append(ByteBufAllocator allocator, ByteBuf kept, ByteBuf bytes) {
		if (!kept.isReadable()) {
			kept.release();
			return bytes;
		}
		int size = bytes.readableBytes();
		ByteBuf all = kept;
		// Others may hold a part of what was kept.
		if (kept.refCnt() > 1 || kept.writableBytes() < size) {
			int sum = kept.readableBytes() + size;
			all = allocator.buffer(sum + Math.min(sum, SMALL));
			all.writeBytes(kept);
			kept.release();
		}
		all.writeBytes(bytes);
		bytes.release();
		return all;
	}

	/**
	 * Let little that is left not hold the whole of a read.
	 * @param kept what is left, which belongs to the result
	 * @return the same bytes
	 */
	static ByteBuf compact(ByteBufAllocator allocator, ByteBuf kept) {
		int size = kept.readableBytes();
		if (size == 0) {
			kept.release();
			return Unpooled.EMPTY_BUFFER;
		}
		if (kept.capacity() <= SMALL || size > kept.capacity() / 4) {
			return kept;
		}
		ByteBuf small = allocator.buffer(size + Math.min(size, SMALL));
		small.writeBytes(kept);
		kept.release();
		return small;
	}

}
