/** How the page stands to the gateway: it hears of changes at once, asks for them, or hears nothing. */

/** Reads come every few seconds, so that silence for longer is no accident. */
const SILENCE = 10000;

/** The stream has a comment every 15 s. */
const SILENCE_STREAMING = 22000;

/** Browsers let pages that nobody looks at do something once a minute. */
const SILENCE_HIDDEN = 100000;

/**
 * @param {{now?: () => number, hidden?: () => boolean}} [options]
 */
export function createLink({ now = Date.now, hidden = () => false } = {}) {
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
			const silence = now() - heardAt;
			if (!everHeard) {
				return failing || silence > SILENCE ? 'lost' : 'connecting';
			}
			const allowed = hidden() ? SILENCE_HIDDEN : streaming && !failing ? SILENCE_STREAMING : SILENCE;
			if (silence > allowed || (failing && !streaming)) {
				return 'lost';
			}
			return streaming ? 'live' : 'polling';
		},
	};
}
