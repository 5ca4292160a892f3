package dev.holdfast.proxy.server;

import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.unix.Buffer;
import io.netty.channel.unix.RawUnixChannelOption;
import io.netty.channel.unix.UnixChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket that new connections come from. It is closed before them, and so that the
 * last ones to come are still served.
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

	private final Channel channel;

	/**
	 * Take the socket, which is open.
	 */
	ListenSocket(Channel channel) {
		this.channel = channel;
	}

	/**
	 * Return the port that is listened on.
	 */
	int port() {
		return ((InetSocketAddress) this.channel.localAddress()).getPort();
	}

	/**
	 * Let no more connections begin where the platform can: those that the kernel has
	 * made already must be taken before the socket is closed, or they would be reset.
	 */
	void refuse() {
		if (!(this.channel instanceof UnixChannel) || !LINUX) {
			return;
		}
		ByteBuffer filter = ByteBuffer.allocateDirect(DROP_NEW.length * Long.BYTES).order(ByteOrder.nativeOrder());
		for (long[] step : DROP_NEW) {
			filter.putShort((short) step[0]).put((byte) step[1]).put((byte) step[2]).putInt((int) step[3]);
		}
		try {
			this.channel.config().setOption(ATTACH_FILTER, program(filter));
		}
		catch (ChannelException ex) {
			logger.warn("Connections that begin while the traffic port closes may be reset: {}", ex.getMessage());
		}
		finally {
			Reference.reachabilityFence(filter);
		}
	}

	private static ByteBuffer program(ByteBuffer filter) {
		return ByteBuffer.allocateDirect(PROGRAM_SIZE)
			.order(ByteOrder.nativeOrder())
			.putShort(0, (short) DROP_NEW.length)
			.putLong(Long.BYTES, Buffer.memoryAddress(filter));
	}

	/**
	 * Close the socket, but none of its connections.
	 */
	void close() {
		if (!this.channel.close().awaitUninterruptibly(CLOSE_MILLIS)) {
			logger.warn("The traffic port takes long to close");
		}
	}

}
