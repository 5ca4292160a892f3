/** What several panels do alike. */

import { byId, mark, h, setAttribute, setText, show } from '../dom.js';

/**
 * Marks a panel, in its head and for style sheets, by how bad things in it are.
 * @param {HTMLElement} section
 * @param {import('../levels.js').Level} level
 */
export function setLevel(section, level) {
	setAttribute(section, 'data-level', level);
	const own = section.querySelector(':scope > header .mark');
	if (own) {
		setAttribute(own, 'data-level', level);
	}
}

/**
 * Says that a panel has nothing to show, and why; null when it has.
 * @param {string} id of the panel
 * @param {string | null} why
 */
export function setAbsent(id, why) {
	const section = byId(id);
	const absent = section.querySelector(':scope > .absent');
	const content = section.querySelector(':scope > .content');
	setAttribute(section, 'data-available', why === null);
	setText(absent, why ?? '');
	show(absent, why !== null);
	// What was known stays, with the reason why it is not renewed above it.
	show(content, why === null || section.dataset.filled === 'true');
}

/** Say why a panel cannot be filled. */
export function whyAbsent(error) {
	return error.absent ? 'Not available on this gateway.' : `Not available: ${error.message}`;
}

/** @param {string} id */
export function setFilled(id) {
	byId(id).dataset.filled = 'true';
	setAbsent(id, null);
}

/** Return a word with its mark, and what changes both. */
export function markedWord() {
	const ownMark = mark();
	const word = h('span', { class: 'word' });
	return {
		node: h('span', { class: 'marked' }, ownMark, word),
		update(level, text) {
			setAttribute(ownMark, 'data-level', level);
			setAttribute(word, 'data-level', level);
			setText(word, text);
		},
	};
}

/** Return a constant of the API as a word: FORCED_OPEN is forced open. */
export const words = (constant) => constant.toLowerCase().replaceAll('_', ' ');

/** Return the same with a capital. */
export function Words(constant) {
	const text = words(constant);
	return text.charAt(0).toUpperCase() + text.slice(1);
}
