package dev.holdfast.accesslog;

/**
 * Where the lines of the access log go. Used by one thread.
 */
interface LogOutput extends AutoCloseable {

	/**
	 * Write some lines. Returns when they are written, or cannot be.
	 * @param lines whole lines
	 * @return whether they were written
	 */
	boolean write(byte[] lines);

	@Override
	void close();

}
