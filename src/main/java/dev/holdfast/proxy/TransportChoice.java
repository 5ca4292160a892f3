package dev.holdfast.proxy;

/**
 * By what of the operating system event loops are asked to learn what happens to their
 * sockets.
 */
public enum TransportChoice {

	/** Whatever does best here: epoll where there is one. */
	AUTO,

	/** Linux's epoll. */
	EPOLL,

	/** Linux's io_uring. */
	IO_URING,

	/** What the JDK has on any platform. */
	NIO

}
