/** The sentence on top, its reasons, and what shows of them outside of the page. */

import { byId, createList, h, mark, setAttribute, setText, show } from '../dom.js';

const ICONS = { ok: 'ok', note: 'ok', warn: 'warn', bad: 'bad', unknown: 'gone' };
const TITLE_MARKS = { ok: '●', note: '●', warn: '▲', bad: '■', unknown: '…' };

/** More reasons than so many are summed up. */
const MAX_REASONS = 8;

export function createVerdictView() {
	const section = byId('verdict');
	const ownMark = section.querySelector('.mark');
	const reasons = createList(byId('verdict-reasons'), createReason);
	let announced = '';

	return {
		/**
		 * @param {ReturnType<import('../verdict.js').judge>} verdict
		 * @param {string} mode of the connection
		 */
		update(verdict, mode) {
			setAttribute(section, 'data-level', verdict.level);
			setAttribute(ownMark, 'data-level', verdict.level);
			setAttribute(document.body, 'data-level', verdict.level);
			setText(byId('verdict-sentence'), verdict.sentence);
			setText(byId('verdict-age'), verdict.age);
			show(byId('verdict-age'), verdict.age !== '');
			const shown = verdict.reasons.slice(0, MAX_REASONS);
			if (verdict.reasons.length > MAX_REASONS) {
				shown.push({ kind: 'more', level: 'note', text: `${verdict.reasons.length - MAX_REASONS} more`, href: '#etcd' });
			}
			reasons.update(shown, (reason) => `${reason.kind} ${reason.href} ${reason.kind === 'member' || reason.kind === 'certificate' ? reason.text.split(' ', 3).join(' ') : reason.level}`);
			const sign = mode === 'lost' ? '✕' : TITLE_MARKS[verdict.level];
			const title = `${sign} ${shortTitle(verdict.title)} · Holdfast`;
			if (document.title !== title) {
				document.title = title;
			}
			setAttribute(byId('favicon'), 'href', `dashboard/icons/${mode === 'lost' ? 'gone' : ICONS[verdict.level]}.svg`);
			announce(verdict, mode);
		},
	};

	/** Ages change every second: only another verdict is told to who listens. */
	function announce(verdict, mode) {
		const gist = `${mode} ${verdict.level} ${verdict.reasons.map((reason) => reason.kind).join()}`;
		if (gist !== announced && mode !== 'connecting') {
			announced = gist;
			byId('announce').textContent = verdict.sentence;
		}
	}
}

/** Without ages, since titles that change call for attention. */
const shortTitle = (text) => text.replace(/ for \d.*$/, '');

function createReason() {
	const ownMark = mark();
	const text = h('span');
	const link = h('a', {}, ownMark, text);
	return {
		node: h('li', {}, link),
		update(reason) {
			setAttribute(ownMark, 'data-level', reason.level);
			setAttribute(link, 'data-level', reason.level);
			setAttribute(link, 'data-reason', reason.kind);
			setAttribute(link, 'href', reason.href);
			setAttribute(link, 'data-tip', reason.text.length > 40 ? reason.text : null);
			setText(text, reason.text);
		},
	};
}
