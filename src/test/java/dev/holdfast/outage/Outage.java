package dev.holdfast.outage;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import dev.holdfast.testing.Patience;

/**
 * A row of the failure matrix: what breaks, what the gateway says meanwhile, what mends
 * it. Whatever the row, no request may fail that a live backend could serve, and within
 * {@link #RECOVERY} of the repair the gateway is {@code LIVE} and routes to what is
 * registered then, without a restart.
 *
 * @param <S> the stage that it needs
 */
final class Outage<S extends Stage> {

	/** Within what an outage is noticed. */
	static final Duration NOTICE = promised(Duration.ofSeconds(15));

	/** Within what the gateway is live again after the repair. */
	static final Duration RECOVERY = promised(Duration.ofSeconds(15));

	private final String name;

	private Consumer<S> given = Outage::nothing;

	private Consumer<S> fault = Outage::nothing;

	private Consumer<S> meanwhile = Outage::nothing;

	private Consumer<S> repair = Outage::nothing;

	private Consumer<S> afterwards = Outage::nothing;

	private Told told = new Told.Live();

	private Duration duration = Duration.ofSeconds(1);

	private Rows among = Rows.USUAL;

	private Outage(String name) {
		this.name = name;
	}

	/**
	 * Begins a row.
	 * @param name the fault in words, unique in the matrix
	 */
	static <S extends Stage> Outage<S> of(String name) {
		return new Outage<>(name);
	}

	private static <S extends Stage> void nothing(S stage) {
	}

	/**
	 * What is promised of a machine that does nothing else is asserted where the times
	 * are published; a build only asserts that it comes.
	 */
	private static Duration promised(Duration time) {
		return Boolean.getBoolean("holdfast.outage.timed") ? time : Patience.TIME;
	}

	/** What is done beforehand, of which nothing is asserted. */
	Outage<S> given(Consumer<S> action) {
		this.given = action;
		return this;
	}

	/** What breaks. */
	Outage<S> fault(Consumer<S> action) {
		this.fault = action;
		return this;
	}

	/** What else happens after the fault was noticed and before it is mended. */
	Outage<S> meanwhile(Consumer<S> action) {
		this.meanwhile = action;
		return this;
	}

	/** What mends it. */
	Outage<S> repair(Consumer<S> action) {
		this.repair = action;
		return this;
	}

	/** What else must hold once the gateway is live again. */
	Outage<S> afterwards(Consumer<S> check) {
		this.afterwards = check;
		return this;
	}

	/** How long it lasts after it was noticed; by default one second. */
	Outage<S> lasts(Duration time) {
		this.duration = time;
		return this;
	}

	/** Plays the row in every build. */
	Outage<S> essential() {
		this.among = Rows.ESSENTIAL;
		return this;
	}

	/** Plays the row only where all are played, since it takes minutes. */
	Outage<S> slow() {
		this.among = Rows.ALL;
		return this;
	}

	/** The gateway is {@code STALE} until the repair, with a cause that matches. */
	Outage<S> stale(String cause) {
		return told(new Told.Stale(Pattern.compile(cause)));
	}

	/** The gateway mends it itself. */
	Outage<S> briefly() {
		return told(new Told.Briefly());
	}

	/** What the gateway has to say; by default that it is {@code LIVE}. */
	Outage<S> told(Told state) {
		this.told = state;
		return this;
	}

	String name() {
		return this.name;
	}

	Told told() {
		return this.told;
	}

	Duration duration() {
		return this.duration;
	}

	/** The fewest rows that it is among. */
	Rows among() {
		return this.among;
	}

	void prepare(S stage) {
		this.given.accept(stage);
	}

	void breakIt(S stage) {
		this.fault.accept(stage);
	}

	void goOn(S stage) {
		this.meanwhile.accept(stage);
	}

	void mend(S stage) {
		this.repair.accept(stage);
	}

	void check(S stage) {
		this.afterwards.accept(stage);
	}

}
