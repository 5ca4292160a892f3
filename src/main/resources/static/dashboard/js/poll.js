/** Reads again and again: as often as is useful, and never so often that it burdens the gateway. */

/** So many times as long as a read took is the time until the next one, at least. */
const SHARE = 15;
const SHARE_SOON = 6;

/** A call that the gateway does not have may come with its next version. */
const ABSENT = 60000;

/** One that fails again and again is asked for less and less often. */
const MAX_BACKOFF = 60000;

/** Many pages that began at the same moment must not go on asking at the same moment. */
const JITTER = 0.2;

/**
 * @param {{read: () => Promise<any>, apply: (data: any) => void, failed: (error: any) => void, every: number,
 *   enabled?: () => boolean, atLeast?: number, atMost?: number, maxBackoff?: number, random?: () => number}} options times in milliseconds;
 *   `atMost` is how long a read may be put off because the one before took long: a gateway that stood still for once is not slow
 */
export function createPoll({ read, apply, failed, every, enabled = () => true, atLeast = 800, atMost = Infinity, maxBackoff = MAX_BACKOFF, random = Math.random }) {
	let timer = 0;
	let running = false;
	let again = false;
	let urgent = false;
	let startedAt = -Infinity;
	let took = 0;
	let stopped = false;
	let failures = 0;
	let dueAt = Infinity;

	const schedule = (time) => {
		clearTimeout(timer);
		if (!stopped) {
			dueAt = performance.now() + time;
			timer = setTimeout(run, time);
		}
	};

	const jittered = (time) => time * (1 - JITTER / 2 + random() * JITTER);

	const run = async () => {
		if (running) {
			again = true;
			return;
		}
		if (!enabled()) {
			schedule(every);
			return;
		}
		running = true;
		again = false;
		dueAt = Infinity;
		startedAt = performance.now();
		let next = every;
		try {
			const data = await read();
			took = performance.now() - startedAt;
			failures = 0;
			apply(data);
			next = Math.max(every, Math.min(took * SHARE, atMost));
		} catch (error) {
			took = performance.now() - startedAt;
			next = error.absent ? ABSENT : Math.max(every, Math.min(maxBackoff, every * 2 ** failures));
			failures = Math.min(failures + 1, 20);
			failed(error);
		} finally {
			running = false;
			schedule(urgent ? 0 : jittered(document.hidden ? next * 3 : next));
			if (again && !urgent && failures === 0) {
				soon();
			}
			urgent = false;
		}
	};

	const soon = (delay = 120) => {
		if (running) {
			again = true;
			return;
		}
		const free = startedAt + Math.max(atLeast, Math.min(took * SHARE_SOON, atMost)) - performance.now();
		const time = Math.max(delay, free);
		// Not later than it is due: changes that never cease would else put it off for ever.
		if (performance.now() + time < dueAt) {
			schedule(time);
		}
	};

	return {
		start: () => schedule(0),
		/** Reads as soon as the last read is long enough ago. */
		soon,
		/** Reads now, since somebody waits for it. */
		now() {
			if (running) {
				urgent = true;
			} else {
				schedule(0);
			}
		},
		stop() {
			stopped = true;
			clearTimeout(timer);
		},
	};
}
