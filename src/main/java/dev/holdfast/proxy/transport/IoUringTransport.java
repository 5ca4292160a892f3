package dev.holdfast.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringFixedBufferRingAllocator;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/**
 * Netty's io_uring, which reads into one ring of buffers for each event loop.
 */
final class IoUringTransport {

	private static final short GROUP = 1;

	private static final short BUFFERS = 256;

	private static final int BUFFER_SIZE = 4096;

	/** How many buffers that were used are given back to the kernel at once. */
	private static final int BATCH = 32;

	private IoUringTransport() {
	}

	/**
	 * Return what makes the handlers of event loops.
	 */
	static IoHandlerFactory ioHandlers() {
		IoUringBufferRingConfig ring = IoUringBufferRingConfig.builder()
			.bufferGroupId(GROUP)
			.bufferRingSize(BUFFERS)
			.batchSize(BATCH)
			.allocator(new IoUringFixedBufferRingAllocator(TrafficLoop.ALLOCATOR, BUFFER_SIZE))
			.build();
		return IoUringIoHandler.newFactory(new IoUringIoHandlerConfig().setBufferRingConfig(ring));
	}

	/**
	 * Let a connection read by the ring.
	 */
	static void readByRing(Channel socket) {
		socket.config().setOption(IoUringChannelOption.IO_URING_BUFFER_GROUP_ID, GROUP);
	}

}
