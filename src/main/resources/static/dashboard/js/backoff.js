/**
 * Return the times to wait between attempts: doubled each time, with a random part so that
 * many pages do not come at the same moment.
 * @param {{first?: number, max?: number, random?: () => number}} [options] milliseconds
 */
export function createBackoff({ first = 400, max = 10000, random = Math.random } = {}) {
	let failures = 0;
	return {
		next() {
			const time = Math.min(max, first * 2 ** failures);
			failures = Math.min(failures + 1, 30);
			return Math.round(time * (0.5 + random() / 2));
		},
		succeeded() {
			failures = 0;
		},
	};
}
