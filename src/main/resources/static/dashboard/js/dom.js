/** Makes and changes elements. What is already so is not touched: thousands of changes a second come by here. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [properties] attributes; `class`, `text`, and listeners as `onclick`; null leaves one out
 * @param {...(Node | string | null)} children
 * @returns {HTMLElement}
 */
export function h(tag, properties = {}, ...children) {
	const element = document.createElement(tag);
	for (const [name, value] of Object.entries(properties)) {
		if (value === null || value === undefined || value === false) {
			continue;
		}
		if (name === 'text') {
			element.textContent = value;
		} else if (name.startsWith('on')) {
			element.addEventListener(name.slice(2), value);
		} else {
			element.setAttribute(name, value === true ? '' : String(value));
		}
	}
	element.append(...children.filter((child) => child !== null));
	return element;
}

/** @param {string} id @returns {any} */
export function byId(id) {
	const element = document.getElementById(id);
	if (!element) {
		throw new Error(`the page has no element #${id}`);
	}
	return element;
}

/** @param {Element} element @param {string} value */
export function setText(element, value) {
	if (element.textContent !== value) {
		element.textContent = value;
	}
}

/** @param {Element} element @param {string} name @param {any} value null or false removes it */
export function setAttribute(element, name, value) {
	if (value === null || value === undefined || value === false) {
		if (element.hasAttribute(name)) {
			element.removeAttribute(name);
		}
		return;
	}
	const text = value === true ? '' : String(value);
	if (element.getAttribute(name) !== text) {
		element.setAttribute(name, text);
	}
}

/**
 * Explains an element to who points at it, touches it, or comes to it by the keyboard.
 * @param {HTMLElement} element
 * @param {string | null | undefined} text
 */
export function setTip(element, text) {
	setAttribute(element, 'data-tip', text || null);
	if (!element.matches('a, button, input, select')) {
		setAttribute(element, 'tabindex', text ? '0' : null);
	}
}

/**
 * Makes that a button does nothing now. It keeps the focus, which a disabled one would lose.
 * @param {HTMLElement} element
 * @param {boolean} off
 */
export function setOff(element, off) {
	setAttribute(element, 'aria-disabled', off ? 'true' : null);
}

/** @param {HTMLElement} element */
export const isOff = (element) => element.getAttribute('aria-disabled') === 'true';

/** @param {HTMLElement} element @param {boolean} shown */
export function show(element, shown) {
	if (element.hidden === shown) {
		element.hidden = !shown;
	}
}

/** Return a list of elements that follows a list of items. The element that has the focus keeps it. */
export function createList(parent, create) {
	/** @type {Map<string, {node: HTMLElement, update: (item: any) => void}>} */
	let entries = new Map();
	return {
		/**
		 * @param {any[]} items
		 * @param {(item: any) => string} keyOf
		 * @param {{keepOrder?: boolean}} [options] whether items that are there already stay where they are
		 */
		update(items, keyOf, { keepOrder = false } = {}) {
			const focused = parent.contains(document.activeElement) ? document.activeElement : null;
			const ordered = keepOrder ? inOldOrder(items, keyOf, [...entries.keys()]) : items;
			const next = new Map();
			for (const item of ordered) {
				const key = keyOf(item);
				const entry = entries.get(key) ?? create(item);
				entry.update(item);
				next.set(key, entry);
			}
			for (const [key, { node }] of entries) {
				if (!next.has(key)) {
					node.remove();
				}
			}
			entries = next;
			let place = parent.firstElementChild;
			for (const { node } of next.values()) {
				if (node === place) {
					place = place.nextElementSibling;
				} else {
					parent.insertBefore(node, place);
				}
			}
			keepFocus(focused, parent);
		},
		/** @param {string} key */
		node: (key) => entries.get(key)?.node ?? null,
		get size() {
			return entries.size;
		},
	};
}

/**
 * Gives the focus back to what had it; where that is gone, to what stands for it.
 * @param {any} focused what had the focus, null when nothing of the place had it
 * @param {HTMLElement} place
 */
export function keepFocus(focused, place) {
	if (!focused || (focused === document.activeElement && !focused.hidden)) {
		return;
	}
	const row = focused.closest('tr');
	const stands = focused.isConnected && !focused.hidden ? focused
		: (row?.isConnected ? row.querySelector('.row-actions button:not([hidden])') : null) ?? place.closest('section');
	if (stands?.tagName === 'SECTION') {
		stands.setAttribute('tabindex', '-1');
	}
	stands?.focus({ preventScroll: true });
}

function inOldOrder(items, keyOf, keys) {
	const places = new Map(keys.map((key, place) => [key, place]));
	const place = (item) => places.get(keyOf(item)) ?? keys.length;
	return items.every((item) => !places.has(keyOf(item))) ? items : [...items].sort((a, b) => place(a) - place(b));
}

/** Return a cell that a style sheet may show as something else than a cell, and that remains one. */
export function cell(name, properties = {}, ...children) {
	return h('td', { 'data-cell': name, role: 'cell', ...properties }, ...children);
}

/** Return a mark for a level, which its style draws. */
export function mark(level = 'unknown') {
	return h('span', { class: 'mark', 'data-level': level, 'aria-hidden': 'true' });
}

/** @param {string} action @param {string} text @param {() => void} onclick */
export function button(action, text, onclick, properties = {}) {
	return h('button', { type: 'button', 'data-action': action, text, onclick, ...properties });
}
