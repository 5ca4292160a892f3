/**
 * Explains what is pointed at or has the focus: one bubble for the whole page. Escape hides
 * it, and the pointer may go into it (WCAG 2.2, 1.4.13).
 */

import { byId, h } from './dom.js';
import { EXPLANATIONS } from './explain.js';

/** So long the pointer must rest, and so long it may be away, in milliseconds. */
const REST = 250;
const AWAY = 180;

export function startTips() {
	const bubble = byId('tip');
	let owner = null;
	let timer = 0;

	const hide = () => {
		clearTimeout(timer);
		if (owner) {
			owner.removeAttribute('aria-describedby');
			owner = null;
		}
		bubble.hidden = true;
	};

	const place = (target) => {
		const box = target.getBoundingClientRect();
		const room = document.documentElement.clientWidth;
		bubble.hidden = false;
		const own = bubble.getBoundingClientRect();
		const left = Math.max(8, Math.min(box.left, room - own.width - 8));
		const below = box.bottom + 6 + own.height < window.innerHeight;
		bubble.style.left = `${left}px`;
		bubble.style.top = `${below ? box.bottom + 6 : Math.max(8, box.top - own.height - 6)}px`;
	};

	const showFor = (target, text) => {
		hide();
		bubble.replaceChildren(...text.map((line) => h('p', { text: line })));
		place(target);
		if (target.matches('button, a, input, select, [tabindex]')) {
			target.setAttribute('aria-describedby', 'tip');
		}
		owner = target;
	};

	document.addEventListener('pointerover', (event) => {
		if (event.pointerType === 'touch') {
			return;
		}
		clearTimeout(timer);
		if (bubble.contains(event.target)) {
			return;
		}
		const found = explained(event.target);
		if (!found) {
			timer = setTimeout(hide, AWAY);
		} else if (found.target !== owner) {
			timer = setTimeout(() => showFor(found.target, found.text), bubble.hidden ? REST : AWAY);
		}
	});
	document.addEventListener('focusin', (event) => {
		const found = event.target.matches(':focus-visible') ? explained(event.target, true) : null;
		if (found) {
			showFor(found.target, found.text);
		} else {
			hide();
		}
	});
	document.addEventListener('focusout', hide);
	document.addEventListener('click', (event) => {
		const term = event.target.closest?.('.term, [data-tip]');
		const found = term && !term.dataset.sort && !isUsed(event.target) ? explained(term) : null;
		if (found) {
			showFor(found.target, found.text);
		} else if (!bubble.contains(event.target)) {
			hide();
		}
	});
	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && !bubble.hidden) {
			hide();
			event.stopPropagation();
		}
	}, true);
	document.addEventListener('tip-changed', (event) => {
		if (owner === event.target) {
			bubble.replaceChildren(h('p', { text: owner.dataset.tip }));
			place(owner);
		} else {
			showFor(event.target, [event.target.dataset.tip]);
		}
	});
	document.addEventListener('scroll', () => {
		if (owner) {
			hide();
		}
	}, { capture: true, passive: true });
}

/** Whether a click does something else than to ask for an explanation. */
function isUsed(target) {
	return target.closest('a, button:not([data-explain]), input, select, summary') !== null;
}

/** Return what explains an element: its own words, its term's, or those of its column. */
function explained(element, own = false) {
	const target = element.closest?.('[data-tip], [data-explain]');
	if (target) {
		return { target, text: [target.dataset.tip, EXPLANATIONS[target.dataset.explain]].filter(Boolean) };
	}
	const cell = own ? null : element.closest?.('tbody td, tbody th');
	const head = cell?.closest('table').tHead?.rows[0]?.cells[cell.cellIndex]?.querySelector('[data-explain]');
	return head ? { target: cell, text: [EXPLANATIONS[head.dataset.explain]] } : null;
}
