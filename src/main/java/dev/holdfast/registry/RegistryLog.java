package dev.holdfast.registry;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;

import dev.holdfast.service.ServiceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once each what operators should know of single records and services. Belongs to
 * the reflector's thread.
 */
final class RegistryLog {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	/** Whoever writes to the registry could forge lines of the log otherwise. */
	private static final Pattern CONTROL = Pattern.compile("\\p{Cntrl}");

	private final LogBudget unreadableBudget;

	private final LogBudget heldBudget;

	private boolean unreadable;

	private boolean holding;

	RegistryLog(LongSupplier nanoTime) {
		this.unreadableBudget = new LogBudget(nanoTime);
		this.heldBudget = new LogBudget(nanoTime);
	}

	/**
	 * Tells of records that cannot be read, and that no record is unreadable any more.
	 * @param became those that have become so, or are so for another reason
	 * @param all how many there are
	 */
	void unreadable(List<UnreadableRecord> became, int all) {
		int told = 0;
		for (UnreadableRecord record : became) {
			if (!this.unreadableBudget.trySpend()) {
				break;
			}
			logger.warn("The record {} cannot be read: {}; what it registered before stays", printable(record.key()),
					printable(record.reason()));
			told++;
		}
		if (told < became.size() && this.unreadableBudget.trySpendOnOthers()) {
			logger.warn("More records cannot be read, {} in all; GET /registry/unreadable lists them", all);
		}
		if (all == 0 && this.unreadable) {
			logger.info("No record is unreadable any more");
		}
		this.unreadable = all > 0;
	}

	private static String printable(String text) {
		return CONTROL.matcher(text).replaceAll("?");
	}

	/**
	 * Tells of services whose removals have begun to be held, and that none is held any
	 * more.
	 * @param catalog what the services have
	 * @param holdFor the longest time that a removal is held
	 */
	void held(Holds holds, Catalog catalog, Duration holdFor) {
		int untold = 0;
		for (ServiceName service : holds.begun()) {
			Collection<Hold> held = holds.of(service);
			if (held.isEmpty() || !this.heldBudget.trySpend()) {
				untold++;
				continue;
			}
			logger.warn(
					"Removals of {} are held, of {} of its {} instances to begin with, because {}; they stay "
							+ "routable while something listens there, {} s at most",
					service, held.size(), catalog.all(service), held.iterator().next().reason(), holdFor.toSeconds());
		}
		if (untold > 0 && this.heldBudget.trySpendOnOthers()) {
			logger.warn("Removals of more services are held, {} in all; GET /registry/held lists them", holds.size());
		}
		if (holds.size() == 0 && this.holding) {
			logger.info("No removal is held any more");
		}
		this.holding = holds.size() > 0;
	}

}
