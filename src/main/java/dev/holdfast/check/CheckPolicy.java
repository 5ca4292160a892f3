package dev.holdfast.check;

import java.util.Map;

import dev.holdfast.service.Instance;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.ServiceName;

/**
 * Which instances are checked, and how: what an instance says of itself counts before
 * what is configured for its service, and that before what is configured for all.
 *
 * @param defaults how instances are checked whose service has no settings of its own
 * @param services the settings of services that have some
 * @param fromRegistration whether an instance may say how it is checked
 */
public record CheckPolicy(CheckSettings defaults, Map<ServiceName, CheckSettings> services, boolean fromRegistration) {

	private static final int MAX_PROBLEM_LENGTH = 400;

	/** No checks but those that instances ask for. */
	public static final CheckPolicy DEFAULTS = new CheckPolicy(CheckSettings.DEFAULTS, Map.of(), true);

	/**
	 * Copies the map.
	 */
	public CheckPolicy {
		services = Map.copyOf(services);
	}

	/**
	 * Whether no instance is checked, whatever it says.
	 */
	boolean isOff() {
		return !this.fromRegistration && this.defaults.check().isEmpty()
				&& this.services.values().stream().allMatch((settings) -> settings.check().isEmpty());
	}

	/**
	 * Return how an instance is checked.
	 */
	Planned of(ServiceName service, Instance instance) {
		CheckSettings settings = this.services.getOrDefault(service, this.defaults);
		if (!this.fromRegistration || !RegisteredCheck.isIn(instance.metadata())) {
			return new Planned(settings, "");
		}
		try {
			return new Planned(RegisteredCheck.of(instance.metadata(), settings), "");
		}
		catch (IllegalArgumentException ex) {
			return new Planned(settings, PrintableText.of(String.valueOf(ex.getMessage()), MAX_PROBLEM_LENGTH));
		}
	}

	/**
	 * How one instance is checked.
	 *
	 * @param settings how
	 * @param problem why what it says of that does not count, empty when it does, or
	 * there is nothing
	 */
	record Planned(CheckSettings settings, String problem) {

		boolean isOn() {
			return this.settings.check().isPresent();
		}

	}

}
