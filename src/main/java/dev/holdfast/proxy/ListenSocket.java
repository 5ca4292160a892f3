package dev.holdfast.proxy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that new connections come from. Vert.x closes it together with them; here it
 * is closed before, so that the last ones to come are still served.
 */
final class ListenSocket {

	private static final Logger logger = LoggerFactory.getLogger(ListenSocket.class);

	private static final boolean LINUX = System.getProperty("os.name").equals("Linux");

	private static final int CLOSE_MILLIS = 1000;

	private static final int SOL_SOCKET = 1;

	private static final int SO_ATTACH_FILTER = 26;

	/** Of a C struct with a short and a pointer. */
	private static final int PROGRAM_SIZE = 16;

	private static final RawUnixChannelOption ATTACH_FILTER = new RawUnixChannelOption("SO_ATTACH_FILTER", SOL_SOCKET,
			SO_ATTACH_FILTER, PROGRAM_SIZE);

	/**
	 * A program for the kernel's packet filter that drops what begins a connection: SYN
	 * without ACK in the thirteenth byte of TCP's header. Opcode, two jump offsets and an
	 * operand each.
	 */
	private static final long[][] DROP_NEW = { { 0x30, 0, 0, 13 }, { 0x54, 0, 0, 0x12 }, { 0x15, 0, 1, 0x02 },
			{ 0x06, 0, 0, 0 }, { 0x06, 0, 0, 0xffff_ffffL } };

	private volatile @Nullable Channel channel;

	/**
	 * Learns of the socket from the first connection that came from it.
	 */
	void learn(Channel accepted) {
		if (this.channel == null) {
			this.channel = accepted.parent();
		}
	}

	/**
	 * Lets no more connections begin where the platform can: those that the kernel has
	 * made already must be taken before the socket is closed, or they would be reset.
	 */
	void refuse() {
		Channel socket = this.channel;
		if (!(socket instanceof UnixChannel) || !LINUX) {
			return;
		}
		ByteBuf filter = Unpooled.directBuffer(DROP_NEW.length * Long.BYTES);
		try {
			if (filter.hasMemoryAddress()) {
				write(filter);
				socket.config().setOption(ATTACH_FILTER, program(filter));
			}
		}
		catch (ChannelException ex) {
			logger.warn("Connections that begin while the traffic port closes may be reset: {}", ex.getMessage());
		}
		finally {
			filter.release();
		}
	}

	private static void write(ByteBuf filter) {
		ByteBuffer out = filter.nioBuffer(0, filter.capacity()).order(ByteOrder.nativeOrder());
		for (long[] step : DROP_NEW) {
			out.putShort((short) step[0]).put((byte) step[1]).put((byte) step[2]).putInt((int) step[3]);
		}
	}

	private static ByteBuffer program(ByteBuf filter) {
		return ByteBuffer.allocateDirect(PROGRAM_SIZE)
			.order(ByteOrder.nativeOrder())
			.putShort(0, (short) DROP_NEW.length)
			.putLong(Long.BYTES, filter.memoryAddress());
	}

	/**
	 * Closes the socket, but none of its connections.
	 */
	void close() {
		Channel socket = this.channel;
		if (socket != null && !socket.close().awaitUninterruptibly(CLOSE_MILLIS)) {
			logger.warn("The traffic port takes long to close");
		}
	}

}
