/** How the page stands to the gateway: it hears of changes at once, asks for them, or hears nothing. */

/** Reads come every few seconds, so that silence for longer is no accident. */
const SILENCE = 10000;

/** The stream has a comment every 15 s, whatever becomes of a read meanwhile. */
const SILENCE_STREAMING = 22000;

/** Timers that come later than this were held back, and the page had no chance to hear anything. */
const HELD_BACK = 5000;

/** Browsers let pages that nobody looks at do something once a minute. */
const SILENCE_HIDDEN = 100000;

/**
 * @param {{now?: () => number, hidden?: () => boolean}} [options]
 */
export function createLink({ now = Date.now, hidden = () => false } = {}) {
	let streaming = false;
	let everHeard = false;
	let heardAt = now();
	/** Since when the page has been listening without a gap. */
	let listeningSince = now();
	let tickedAt = now();
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
		/** Takes that something answered which is no answer of the gateway's. */
		refused(reason) {
			why = reason;
		},
		/** Takes that the page's timers run; to be called every second. */
		ticked() {
			const at = now();
			if (Math.abs(at - tickedAt) > HELD_BACK) {
				listeningSince = at;
			}
			tickedAt = at;
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
			const at = now();
			const silence = Math.abs(at - tickedAt) > HELD_BACK ? 0 : at - Math.max(heardAt, listeningSince);
			if (!everHeard) {
				return failing || silence > SILENCE ? 'lost' : 'connecting';
			}
			const allowed = hidden() ? SILENCE_HIDDEN : streaming ? SILENCE_STREAMING : SILENCE;
			if (silence > allowed || (failing && !streaming)) {
				return 'lost';
			}
			return streaming ? 'live' : 'polling';
		},
	};
}
