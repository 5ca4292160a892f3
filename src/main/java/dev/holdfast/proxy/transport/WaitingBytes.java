package dev.holdfast.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Bytes that wait for a peer that is slow. What waits is bounded in bytes, and each piece
 * of it may be a small part of what it was read into: a record of TLS alone takes 16 KiB.
 */
public final class WaitingBytes {

	/** How many times as much memory as bytes may be kept. */
	private static final int MOST_TIMES = 4;

	private WaitingBytes() {
	}

	/**
	 * Let bytes that are about to be written not keep much more memory than they need, if
	 * they will have to wait. Costs nothing while the peer takes what it gets.
	 * @param channel what they are about to be written to
	 * @param data the bytes, which belong to the result
	 * @return the same bytes
	 */
	public static ByteBuf fit(Channel channel, ByteBuf data) {
		ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
		return (waiting == null || waiting.isEmpty()) ? data : fit(data);
	}

	/**
	 * Let bytes that wait not keep much more memory than they need.
	 * @param data the bytes, which belong to the result
	 * @return the same bytes
	 */
	public static ByteBuf fit(ByteBuf data) {
		int length = data.readableBytes();
		if (memory(data) / MOST_TIMES <= length) {
			return data;
		}
		ByteBuf fitting = data.alloc().buffer(length).writeBytes(data);
		data.release();
		return fitting;
	}

	private static int memory(ByteBuf data) {
		ByteBuf whole = data;
		for (ByteBuf next = data.unwrap(); next != null; next = next.unwrap()) {
			whole = next;
		}
		return whole.capacity();
	}

}
