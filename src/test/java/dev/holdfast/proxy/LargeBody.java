package dev.holdfast.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import static org.awaitility.Awaitility.await;

/**
 * More bytes than all the buffers on their way hold together, each of which tells its
 * place.
 */
final class LargeBody {

	static final long LENGTH = 64L * 1024 * 1024;

	/**
	 * More than is under way when nobody reads: kernels let one receive buffer grow to 32
	 * MiB, and a send buffer to 4.
	 */
	static final long MOST_UNDER_WAY = 48L * 1024 * 1024;

	private static final int CHUNK = 256 * 1024;

	private LargeBody() {
	}

	/**
	 * Writes all of it.
	 * @param written counts what has been taken
	 */
	static void write(OutputStream out, AtomicLong written) throws IOException {
		byte[] chunk = new byte[CHUNK];
		for (long i = 0; i < LENGTH; i += chunk.length) {
			for (int j = 0; j < chunk.length; j++) {
				chunk[j] = expected(i + j);
			}
			out.write(chunk);
			written.addAndGet(chunk.length);
		}
	}

	/**
	 * Waits until nothing more is written, because nobody reads.
	 */
	static void awaitStill(AtomicLong written) {
		AtomicLong before = new AtomicLong(-1);
		await().pollInterval(Duration.ofMillis(200))
			.until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
	}

	/**
	 * Reads it, or as much as there is.
	 * @return how many bytes there were
	 * @throws IOException if one of them is not what it should be
	 */
	static long read(InputStream in) throws IOException {
		byte[] chunk = new byte[CHUNK];
		long read = 0;
		while (read < LENGTH) {
			int length = in.read(chunk);
			if (length < 0) {
				return read;
			}
			for (int i = 0; i < length; i++) {
				if (chunk[i] != expected(read + i)) {
					throw new IOException("wrong byte at " + (read + i));
				}
			}
			read += length;
		}
		return read;
	}

	private static byte expected(long index) {
		return (byte) (index ^ (index >> 11));
	}

}
