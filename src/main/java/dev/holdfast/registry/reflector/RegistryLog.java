package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.service.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells once each what operators should know of single records and services. Belongs to
 * the reflector's thread.
 */
final class RegistryLog {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	private final RecordStore records;

	private final HeldRemovals held;

	private final Duration holdFor;

	private final LogBudget unreadableBudget;

	private final LogBudget heldBudget;

	/** Whether records are told of, and not yet that there are none any more. */
	private boolean unreadableTold;

	private boolean heldTold;

	/**
	 * Creates the log.
	 * @param holdFor the longest time that a removal is held
	 */
	RegistryLog(RecordStore records, HeldRemovals held, Duration holdFor, LongSupplier nanoTime) {
		this.records = records;
		this.held = held;
		this.holdFor = holdFor;
		this.unreadableBudget = new LogBudget(nanoTime);
		this.heldBudget = new LogBudget(nanoTime);
	}

	/**
	 * Tells of records that have become unreadable, or are so for another reason, and
	 * that no record is unreadable any more.
	 */
	void unreadable() {
		List<UnreadableRecord> became = this.records.newlyUnreadable();
		int all = this.records.unreadable().size();
		int told = 0;
		for (UnreadableRecord record : became) {
			if (!this.unreadableBudget.trySpend()) {
				break;
			}
			logger.warn("The record {} cannot be read: {}; what it registered before stays",
					PrintableText.of(record.key()), PrintableText.of(record.reason()));
			this.unreadableTold = true;
			told++;
		}
		if (told < became.size() && this.unreadableBudget.trySpendOnOthers()) {
			logger.warn("More records cannot be read, {} in all; GET /registry/unreadable lists them", all);
		}
		if (all == 0 && this.unreadableTold) {
			this.unreadableTold = false;
			logger.info("No record is unreadable any more");
		}
	}

	/**
	 * Tells of services whose removals have begun to be held, and that none is held any
	 * more.
	 */
	void held() {
		int untold = 0;
		for (HeldRemovals.Begun begun : this.held.begun()) {
			if (!this.heldBudget.trySpend()) {
				untold++;
				continue;
			}
			logger.warn(
					"Removals of {} are held, of {} of its {} instances to begin with, because {}; they stay "
							+ "routable while something listens there, {} s at most",
					begun.service(), begun.removals(), this.records.all(begun.service()), begun.reason(),
					this.holdFor.toSeconds());
			this.heldTold = true;
		}
		if (untold > 0 && this.heldBudget.trySpendOnOthers()) {
			logger.warn("Removals of more services are held, {} in all; GET /registry/held lists them",
					this.held.size());
		}
		if (this.held.size() == 0 && this.heldTold) {
			this.heldTold = false;
			logger.info("No removal is held any more");
		}
	}

}
