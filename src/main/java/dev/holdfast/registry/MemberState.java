package dev.holdfast.registry;

import java.util.Optional;

/**
 * What is known of one member of the registry's cluster.
 *
 * @param url its address as configured
 * @param healthy whether the last contact with it succeeded, empty before the first
 * @param lastError what went wrong at the last contact, empty when nothing did
 */
public record MemberState(String url, Optional<Boolean> healthy, String lastError) {

	/**
	 * A member that was not contacted yet.
	 * @param url its address
	 * @return its state
	 */
	public static MemberState unknown(String url) {
		return new MemberState(url, Optional.empty(), "");
	}

	/**
	 * A member whose last contact succeeded.
	 * @param url its address
	 * @return its state
	 */
	public static MemberState answered(String url) {
		return new MemberState(url, Optional.of(true), "");
	}

	/**
	 * A member whose last contact failed.
	 * @param url its address
	 * @param error what went wrong
	 * @return its state
	 */
	public static MemberState failed(String url, String error) {
		return new MemberState(url, Optional.of(false), error);
	}

}
