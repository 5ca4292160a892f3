package dev.holdfast.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.pattern.ClassicConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * What a test has logged, by its own thread and those that began in it: other tests log
 * at the same time. A parameter of a test method has what was logged since it began, one
 * of a method for the whole class all that the class has logged.
 */
public final class CapturedLog implements CharSequence {

	private static final InheritableThreadLocal<Owner> current = new InheritableThreadLocal<>();

	private final Owner owner;

	private final int from;

	private CapturedLog(Owner owner, int from) {
		this.owner = owner;
		this.from = from;
	}

	/**
	 * Begins with what this thread and those that it will start log.
	 */
	static CapturedLog begin(String owner) {
		Owner begun = new Owner(owner);
		current.set(begun);
		return new CapturedLog(begun, 0);
	}

	/**
	 * Ends it for this thread.
	 */
	static void end() {
		current.remove();
	}

	/**
	 * The part of it that is still to come.
	 */
	CapturedLog fromNowOn() {
		return new CapturedLog(this.owner, this.owner.size());
	}

	/**
	 * What the test class of this thread will log that is severe enough. It logs nothing
	 * else any more: a test that lets much happen need not pay for telling of it.
	 * @param least the least severe level that is logged
	 * @return its log, empty at first
	 * @throws IllegalStateException if no test has begun on this thread
	 */
	public static CapturedLog ofThisTest(Level least) {
		CapturedLog log = ofThisTest();
		log.owner.least = least;
		return log;
	}

	/**
	 * What the test that calls this will log.
	 * @return its log, empty at first
	 * @throws IllegalStateException if no test has begun on this thread
	 */
	public static CapturedLog ofThisTest() {
		Owner owner = current.get();
		if (owner == null) {
			throw new IllegalStateException("No test has begun on " + Thread.currentThread());
		}
		return new CapturedLog(owner, owner.size());
	}

	/**
	 * What was logged, the oldest first.
	 * @return the events up to now
	 */
	public List<ILoggingEvent> events() {
		return this.owner.since(this.from);
	}

	@Override
	public int length() {
		return toString().length();
	}

	@Override
	public char charAt(int index) {
		return toString().charAt(index);
	}

	@Override
	public CharSequence subSequence(int start, int end) {
		return toString().subSequence(start, end);
	}

	/**
	 * What was logged, with each event in a line and stack traces behind it.
	 */
	@Override
	public String toString() {
		return events().stream().map(CapturedLog::line).collect(Collectors.joining());
	}

	private static String line(ILoggingEvent event) {
		String trace = (event.getThrowableProxy() != null) ? ThrowableProxyUtil.asString(event.getThrowableProxy())
				: "";
		return "%-5s %s : %s%n%s".formatted(event.getLevel(), event.getLoggerName(), event.getFormattedMessage(),
				trace);
	}

	/**
	 * Who logs, and what it has logged.
	 */
	private static final class Owner {

		private final String name;

		private final List<ILoggingEvent> events = new ArrayList<>();

		private volatile Level least = Level.TRACE;

		private Owner(String name) {
			this.name = name;
		}

		synchronized void add(ILoggingEvent event) {
			this.events.add(event);
		}

		synchronized int size() {
			return this.events.size();
		}

		synchronized List<ILoggingEvent> since(int from) {
			return List.copyOf(this.events.subList(from, this.events.size()));
		}

	}

	/**
	 * Gives each event to the test that it belongs to. Logback creates it.
	 */
	public static final class Appender extends UnsynchronizedAppenderBase<ILoggingEvent> {

		@Override
		protected void append(ILoggingEvent event) {
			Owner owner = current.get();
			if (owner != null) {
				event.prepareForDeferredProcessing();
				owner.add(event);
			}
		}

	}

	/**
	 * Leaves out what a test does not want. Logback creates it.
	 */
	public static final class Severity extends TurboFilter {

		@Override
		public FilterReply decide(@Nullable Marker marker, Logger logger, Level level, @Nullable String format,
				Object @Nullable [] params, @Nullable Throwable thrown) {
			Owner owner = current.get();
			return (owner == null || level.isGreaterOrEqual(owner.least)) ? FilterReply.NEUTRAL : FilterReply.DENY;
		}

	}

	/**
	 * Names the test class that an event belongs to. Logback creates it.
	 */
	public static final class OwnerName extends ClassicConverter {

		@Override
		public String convert(ILoggingEvent event) {
			Owner owner = current.get();
			return (owner != null) ? owner.name : "-";
		}

	}

}
