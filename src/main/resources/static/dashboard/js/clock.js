/**
 * Reckons the gateway's clock from what it says, so that ages are right on a machine whose
 * own clock is wrong. Every response narrows the interval that the offset lies in.
 */

/** Tomcat makes its Date field once a second, so it may be as old as this. */
const DATE_AGE = 2000;

/** A clock that was set shows as an interval that does not meet the last one. */
const WIDEST = { from: -Infinity, to: Infinity };

/**
 * @param {{now?: () => number}} [options] the browser's clock, in milliseconds
 */
export function createClock({ now = Date.now } = {}) {
	let interval = WIDEST;

	const narrow = (from, to) => {
		const narrowed = { from: Math.max(interval.from, from), to: Math.min(interval.to, to) };
		interval = narrowed.from <= narrowed.to ? narrowed : { from, to };
	};

	return {
		/**
		 * Takes the Date field of a response.
		 * @param {string | null} date the field
		 * @param {number} sentAt when the request was sent, by the browser's clock
		 * @param {number} receivedAt when the response's head had come
		 */
		heard(date, sentAt, receivedAt) {
			const told = date === null ? NaN : Date.parse(date);
			if (!Number.isNaN(told)) {
				narrow(told - receivedAt, told + DATE_AGE - sentAt);
			}
		},

		/**
		 * Takes a moment that was past when the gateway told it.
		 * @param {number} instant the moment in milliseconds
		 */
		past(instant) {
			const from = instant - now();
			if (from > interval.from) {
				interval = { from, to: Math.max(from, interval.to) };
			}
		},

		/** Whether the gateway's clock is known at all. */
		get known() {
			return interval !== WIDEST;
		},

		/** Return how far the gateway's clock is ahead, in milliseconds. */
		get offset() {
			if (interval.from === -Infinity) {
				return 0;
			}
			if (interval.to === Infinity) {
				return interval.from;
			}
			return interval.from <= 0 && interval.to >= 0 ? 0 : (interval.from + interval.to) / 2;
		},

		/** Return the time by the gateway's clock, in milliseconds. */
		now() {
			return now() + this.offset;
		},
	};
}
