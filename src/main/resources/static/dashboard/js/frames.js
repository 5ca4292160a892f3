/** Draws what has changed, together and at most ten times a second, whatever comes. */

/** Between two times of drawing, in milliseconds. */
const SPACING = 100;

/** A page that is not looked at only keeps its title and its mark. */
const SPACING_HIDDEN = 1000;

/**
 * @param {(parts: Set<string>) => void} draw
 */
export function createFrames(draw) {
	/** @type {Set<string>} */
	let dirty = new Set();
	let waiting = false;
	let drawnAt = -Infinity;

	const run = () => {
		waiting = false;
		drawnAt = performance.now();
		const parts = dirty;
		dirty = new Set();
		draw(parts);
	};

	const wait = () => {
		waiting = true;
		const free = drawnAt + (document.hidden ? SPACING_HIDDEN : SPACING) - performance.now();
		setTimeout(() => {
			let drawn = false;
			const once = () => {
				if (!drawn) {
					drawn = true;
					run();
				}
			};
			// No frames come while the page is hidden, which it may become at any moment.
			requestAnimationFrame(once);
			setTimeout(once, document.hidden ? 0 : SPACING_HIDDEN);
		}, Math.max(0, free));
	};

	return {
		/** @param {...string} parts what is to be drawn anew */
		mark(...parts) {
			parts.forEach((part) => dirty.add(part));
			if (!waiting) {
				wait();
			}
		},
	};
}
