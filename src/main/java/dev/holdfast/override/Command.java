package dev.holdfast.override;

import java.time.Duration;
import java.util.Optional;

import dev.holdfast.service.ServiceName;

/**
 * What an operator has every gateway do once.
 */
public sealed interface Command {

	/**
	 * Return why it is done.
	 * @return the operator's reason, empty when none was given
	 */
	String reason();

	/**
	 * Return who has it done.
	 * @return an address, or the subject of a token
	 */
	String by();

	/**
	 * Held removals are applied.
	 *
	 * @param service of which service, empty for all
	 * @param instance of which instance, empty for all of the service
	 * @param reason why
	 * @param by who has it done
	 */
	record Approve(Optional<ServiceName> service, Optional<String> instance, String reason,
			String by) implements Command {
	}

	/**
	 * Instances are kept although their removal is held.
	 *
	 * @param service of which service, empty for all
	 * @param instance which instance, empty for all of the service
	 * @param time for how long
	 * @param reason why
	 * @param by who has it done
	 */
	record Cancel(Optional<ServiceName> service, Optional<String> instance, Duration time, String reason,
			String by) implements Command {
	}

	/**
	 * Everything is listed anew.
	 *
	 * @param reason why
	 * @param by who has it done
	 */
	record Refresh(String reason, String by) implements Command {
	}

	/**
	 * The connection to the registry is made anew.
	 *
	 * @param reason why
	 * @param by who has it done
	 */
	record Reconnect(String reason, String by) implements Command {
	}

	/**
	 * The circuit breaker of a service begins anew, closed.
	 *
	 * @param service the service
	 * @param reason why
	 * @param by who has it done
	 */
	record ResetCircuit(ServiceName service, String reason, String by) implements Command {
	}

}
