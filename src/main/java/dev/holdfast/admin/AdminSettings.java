package dev.holdfast.admin;

import org.jspecify.annotations.Nullable;

/**
 * How the operators' API is guarded.
 *
 * @param token what a write must present as its bearer token; {@code null} or blank makes
 * the API read-only
 */
public record AdminSettings(@Nullable String token) {

	/**
	 * Takes a blank token for none, so that an empty environment variable does not open
	 * the API to everybody.
	 */
	public AdminSettings {
		token = (token != null && !token.isBlank()) ? token : null;
	}

	@Override
	public String toString() {
		return "AdminSettings[token=" + ((this.token != null) ? "***" : "none") + "]";
	}

}
