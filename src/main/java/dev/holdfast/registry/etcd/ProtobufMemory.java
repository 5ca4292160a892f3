package dev.holdfast.registry.etcd;

import java.lang.reflect.Field;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How protobuf reads and writes memory. It takes to {@code sun.misc.Unsafe} without
 * asking whether the JVM allows that, and Java 24 and newer then write a warning of four
 * lines (JEP 498, protobuf#20760). It has no setting for it, but does without where it
 * takes itself to be on Android.
 */
final class ProtobufMemory {

	/** What {@code java --sun-misc-unsafe-memory-access} sets. */
	private static final String ACCESS = "sun.misc.unsafe.memory.access";

	private static final int FIRST_TO_WARN = 24;

	private static final Logger logger = LoggerFactory.getLogger(ProtobufMemory.class);

	private ProtobufMemory() {
	}

	/**
	 * Has protobuf do without {@code sun.misc.Unsafe} where that would be warned of and
	 * nobody has allowed it. Must come before protobuf's first message.
	 */
	static void avoidWarning() {
		if (Runtime.version().feature() < FIRST_TO_WARN || System.getProperty(ACCESS) != null) {
			return;
		}
		try {
			Field android = Class.forName("com.google.protobuf.Android").getDeclaredField("ASSUME_ANDROID");
			android.setAccessible(true);
			android.setBoolean(null, true);
		}
		catch (ReflectiveOperationException | RuntimeException ex) {
			logger.debug("protobuf cannot be kept from sun.misc.Unsafe; the JVM warns of it", ex);
		}
	}

}
