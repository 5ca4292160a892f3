package dev.holdfast.admin;

import java.time.Instant;

/**
 * A write as the audit keeps it.
 *
 * @param time when it was answered
 * @param who who sent it: the subject of the token, where that tells one, else the
 * address
 * @param address the address that it came from
 * @param call its method and path
 * @param content what its body said, without the reason; empty when none was read
 * @param reason why it was written, empty when no reason was given
 * @param result the status that it was answered with
 */
record AuditEntry(Instant time, String who, String address, String call, String content, String reason, String result) {

	/** Whether it did not get past the guard of the port. */
	boolean isRefused() {
		return this.result.equals("401") || this.result.equals("403");
	}

	/**
	 * Tells whether one of its texts contains a text, in any case.
	 */
	boolean matches(String text) {
		return Text.contains(text, this.who, this.address, this.call, this.content, this.reason);
	}

}
