/** What changes, as it changes; or what has changed since a time, from the gateway's journal. */

import { byId, cell, createList, h, setText, show } from '../dom.js';
import { count, instant, moment, readable, revision, shortened, whole } from '../format.js';
import { setFilled, words } from './common.js';

/** So many are shown; a filter finds the others. */
const SHOWN = 60;
const SHOWN_PAST = 300;

const TYPED = 250;

/** @param {string} cause @returns {import('../levels.js').Level} */
export function causeLevel(cause) {
	return { PUT: 'ok', RELISTED: 'ok', FROM_DISK: 'note', CANCELLED: 'note', APPROVED: 'note', DRIFT: 'warn', HELD: 'warn',
		EXPIRED: 'warn', HOLD_ENDED: 'warn', DROPPED_BY_PROBE: 'warn', DELETED: 'note' }[cause] ?? 'note';
}

/**
 * @param {{model: ReturnType<import('../model.js').createModel>, ask: () => void, open: (name: string) => void}} options
 */
export function createChangesView({ model, ask, open }) {
	const list = createList(byId('changes-table').tBodies[0], (change) => createChange(change, open));
	const filter = byId('changes-filter');
	const since = byId('changes-since');
	const pause = byId('changes-pause');
	/** @type {any} */
	let past = null;
	let frozen = null;
	let timer = 0;

	const asked = () => {
		past = null;
		ask();
	};
	filter.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(asked, TYPED);
	});
	since.addEventListener('change', asked);
	pause.addEventListener('click', () => {
		frozen = frozen ? null : model.changes();
		pause.setAttribute('aria-pressed', String(frozen !== null));
		pause.textContent = frozen ? 'Go on' : 'Pause';
		ask();
	});

	const matching = (changes) => {
		const sought = filter.value.trim().toLowerCase();
		return sought === '' ? changes : changes.filter((change) => [change.service, change.instance, change.detail, change.cause, String(change.revision)]
			.some((text) => text.toLowerCase().includes(sought)));
	};

	return {
		/** Whether the gateway's journal is to be asked, and for what. */
		query: () => (since.value === 'live' ? null : { q: filter.value.trim(), since: since.value === 'all' ? '' : since.value, size: String(SHOWN_PAST) }),
		take(page) {
			past = page;
		},
		update(now) {
			setFilled('changes');
			const live = since.value === 'live';
			const found = live ? matching(frozen ?? model.changes()) : past?.items ?? [];
			const shown = found.slice(0, live ? SHOWN : SHOWN_PAST);
			list.update(shown.map((change) => ({ ...change, now })), (change) => String(change.sequence));
			show(pause, live);
			show(byId('changes-empty'), shown.length === 0);
			setText(byId('changes-empty'), live ? (filter.value ? 'None of the changes that this page has matches; choose a time to search the journal.' : 'Nothing has changed since the gateway started.')
				: past ? 'Nothing has changed in that time.' : 'Asking the journal.');
			setText(byId('changes-note'), noteText(live));
		},
	};

	function noteText(live) {
		if (!live) {
			return past ? `${count(past.total, 'change')}${past.total > SHOWN_PAST ? `, the last ${SHOWN_PAST} shown` : ''}` : '';
		}
		if (frozen) {
			return 'paused';
		}
		return model.omitted > 0 ? `${whole(model.omitted)} not told` : '';
	}
}

function createChange(first, open) {
	const at = instant(first.time);
	const service = h('button', { type: 'button', class: 'term', text: first.service, onclick: () => open(first.service), 'aria-label': `Open ${first.service}` });
	const node = h('tr', { role: 'row', 'data-sequence': first.sequence, 'data-cause': first.cause },
		cell('time', { class: 'figure', text: moment(at, first.now), 'data-tip': new Date(at).toISOString() }),
		cell('cause', {}, h('span', { class: 'badge', 'data-level': causeLevel(first.cause), text: words(first.cause) })),
		cell('service', {}, service),
		cell('instance', { text: first.instance }),
		cell('revision', { class: 'figure', text: revision(first.revision) }),
		cell('detail', { text: readable(shortened(first.detail ?? '', 240), first.now) }));
	return { node, update() {} };
}
