package dev.holdfast.proxy.transport;

/**
 * Brings a body, and can be told to wait. A source that is paused hands on nothing and
 * keeps little: what one read of the socket brought, or what a stream's window lets come.
 */
public interface BodySource {

	/**
	 * Hand on nothing more until {@link #resume}.
	 */
	void pause();

	/**
	 * Hand on what was kept, and then what comes. Soon, but never before this returns.
	 */
	void resume();

}
