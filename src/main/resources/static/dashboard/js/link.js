/** How the page stands to the gateway: it hears of changes at once, asks for them, or hears nothing. */

/** Reads come every few seconds, so that silence for longer is no accident. */
const SILENCE = 10000;

/**
 * @param {{now?: () => number}} [options]
 */
export function createLink({ now = Date.now } = {}) {
	let streaming = false;
	let everHeard = false;
	let heardAt = now();
	let failing = false;
	let why = '';

	return {
		opened() {
			streaming = true;
			this.heard();
		},
		closed(reason) {
			streaming = false;
			why = reason || why;
		},
		heard() {
			everHeard = true;
			failing = false;
			heardAt = now();
		},
		/** Takes that a read had no answer. */
		silent(reason) {
			failing = true;
			why = reason;
		},
		/** When the gateway was last heard, by the browser's clock; null when it never was. */
		get heardAt() {
			return everHeard ? heardAt : null;
		},
		get why() {
			return why;
		},
		/** @returns {'connecting' | 'live' | 'polling' | 'lost'} */
		get mode() {
			const silent = now() - heardAt > SILENCE;
			if (!everHeard) {
				return failing || silent ? 'lost' : 'connecting';
			}
			if (silent || (failing && !streaming)) {
				return 'lost';
			}
			return streaming ? 'live' : 'polling';
		},
	};
}
