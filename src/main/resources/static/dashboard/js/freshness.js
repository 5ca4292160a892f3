/** Knows how old what was read is, so that nothing old passes for how things stand. */

/** So many times as often as something is asked for it may have been missed. */
const MISSED = 3;

/** Browsers let pages that nobody looks at do something once a minute. */
const HIDDEN = 150000;

/** No answer is waited for longer, and none is asked for sooner than the one before has come. */
const LEAST = 12000;

/**
 * @typedef {{name: string, href: string, age: number, why: string}} Old what is too old, and why as far as that is known
 * @param {Record<string, {name: string, href: string, every: number}>} subjects what is read, and how often in milliseconds
 * @param {{now?: () => number, hidden?: () => boolean}} [options]
 */
export function createFreshness(subjects, { now = Date.now, hidden = () => false } = {}) {
	const began = now();
	/** @type {Map<string, {at: number, known: boolean, absent: boolean, why: string}>} */
	const reads = new Map(Object.keys(subjects).map((key) => [key, { at: began, known: false, absent: false, why: '' }]));

	return {
		/** Takes that something was read. */
		read(key) {
			reads.set(key, { at: now(), known: true, absent: false, why: '' });
		},
		/** Takes that something could not be read; what the gateway does not have cannot be old. */
		failed(key, why, absent = false) {
			Object.assign(reads.get(key) ?? {}, { why, absent });
		},
		/** Return how long ago something was read, in milliseconds; null when it never was. */
		age(key) {
			const read = reads.get(key);
			return read?.known ? Math.max(0, now() - read.at) : null;
		},
		/** @returns {boolean} whether something was read, and not too long ago */
		isFresh(key) {
			return reads.get(key)?.known === true && !this.old().some((found) => found.key === key);
		},
		/** @returns {Array<Old & {key: string, known: boolean}>} */
		old() {
			return [...reads].map(([key, read]) => ({ key, ...subjects[key], ...read, age: now() - read.at }))
				.filter(({ absent, age, every }) => !absent && age > Math.max(LEAST, every * MISSED) + (hidden() ? HIDDEN : 0))
				.map(({ key, name, href, age, why, known }) => ({ key, name, href, age, why, known }));
		},
	};
}
