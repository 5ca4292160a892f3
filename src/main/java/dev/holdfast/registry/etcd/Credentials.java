package dev.holdfast.registry.etcd;

/**
 * With what the gateway logs in to etcd.
 *
 * @param username the user
 * @param password the user's password
 */
public record Credentials(String username, String password) {

	/**
	 * Keeps the password out of logs.
	 */
	@Override
	public String toString() {
		return "Credentials[username=%s]".formatted(this.username);
	}

}
