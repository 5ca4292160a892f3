package dev.holdfast.testing;

import org.jspecify.annotations.Nullable;

/**
 * No program of the version that was chosen is to be had on this machine.
 */
final class NoSuchVersionException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	NoSuchVersionException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
