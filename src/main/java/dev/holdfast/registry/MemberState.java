package dev.holdfast.registry;

import java.util.List;
import java.util.Optional;

/**
 * What is known of one member of the registry's cluster.
 *
 * @param url its address as configured
 * @param healthy whether the last contact with it succeeded, empty before the first
 * @param lastError what went wrong at the last contact, empty when nothing did
 * @param version the version that it said it runs, empty while it has not said so
 * @param alarms the names of the alarms that it has raised
 */
public record MemberState(String url, Optional<Boolean> healthy, String lastError, String version,
		List<String> alarms) {

	/**
	 * Copies the alarms.
	 */
	public MemberState {
		alarms = List.copyOf(alarms);
	}

	/**
	 * A member that was not contacted yet.
	 * @param url its address
	 * @return its state
	 */
	public static MemberState unknown(String url) {
		return new MemberState(url, Optional.empty(), "", "", List.of());
	}

	/**
	 * A member whose last contact succeeded.
	 * @param url its address
	 * @return its state
	 */
	public static MemberState answered(String url) {
		return new MemberState(url, Optional.of(true), "", "", List.of());
	}

	/**
	 * A member whose last contact failed.
	 * @param url its address
	 * @param error what went wrong
	 * @return its state
	 */
	public static MemberState failed(String url, String error) {
		return new MemberState(url, Optional.of(false), error, "", List.of());
	}

	/**
	 * The same member with what it says of itself.
	 * @param version the version that it runs
	 * @param alarms the names of the alarms that it has raised
	 * @return its state
	 */
	public MemberState saying(String version, List<String> alarms) {
		return new MemberState(this.url, this.healthy, this.lastError, version, alarms);
	}

	/**
	 * The same member with something that went wrong.
	 * @param error what went wrong
	 * @return its state
	 */
	public MemberState withError(String error) {
		return new MemberState(this.url, this.healthy, error, this.version, this.alarms);
	}

}
