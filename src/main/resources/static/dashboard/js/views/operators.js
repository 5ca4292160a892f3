/** Held removals, and what operators have set: overrides and the freeze. */

import { endOf } from '../actions.js';
import { byId, button, cell, createList, h, setAttribute, setText, show } from '../dom.js';
import { age, clockTime, count, countdown, instant, whole } from '../format.js';
import { heldKey } from '../model.js';
import { setFilled, setLevel, Words, words } from './common.js';

/** So many are shown; with more, something is done for all of them. */
export const MAX_SHOWN = 100;

export function createHeldView({ act, open }) {
	const list = createList(byId('held-table').tBodies[0], (removal) => createHeld(removal, act, open));
	byId('held-approve-all').addEventListener('click', () => act('approve', { all: true }));
	byId('held-cancel-all').addEventListener('click', () => act('cancel', { all: true }));
	return {
		/**
		 * @param {any[]} held those that are dropped soonest
		 * @param {number} total how many there are
		 * @param {Map<string, any>} details what the probes found, by service and instance
		 */
		update(held, total, details, now) {
			setFilled('held');
			list.update(held.slice(0, MAX_SHOWN).map((removal) => ({ ...details.get(heldKey(removal.service, removal.instance)), ...removal, now })),
				(removal) => heldKey(removal.service, removal.instance));
			setText(byId('held-count'), total > held.length ? `${whole(total)}, the first ${held.length} shown` : total > 0 ? whole(total) : '');
			show(byId('held-empty'), total === 0);
			show(byId('held-approve-all'), total > 1);
			show(byId('held-cancel-all'), total > 1);
			setLevel(byId('held'), total > 0 ? 'warn' : 'ok');
		},
	};
}

function createHeld(first, act, open) {
	const target = { service: first.service, instance: first.instance };
	const url = h('span', { class: 'sub code' });
	const clock = h('span');
	const meaning = h('span', { class: 'sub' });
	const why = h('span', { class: 'sub' });
	const probe = h('span', { class: 'sub' });
	const approve = button('approve', 'Approve', () => act('approve', target), { 'aria-label': `Approve the removal of ${first.instance}`, 'data-tip': 'The removal is right: drop the instance now.' });
	const cancel = button('cancel', 'Keep', () => act('cancel', target), { 'aria-label': `Keep ${first.instance}`, 'data-tip': 'The removal is wrong: keep the instance for a time.' });
	const node = h('tr', { role: 'row', 'data-service': first.service, 'data-instance': first.instance, 'data-level': 'warn' },
		h('th', { scope: 'row', role: 'rowheader', 'data-cell': 'instance', class: 'breakable' }, h('button', { type: 'button', class: 'term', text: first.service, onclick: () => open(first.service) }), ` ${first.instance}`, url),
		cell('countdown', { class: 'figure' }, clock, meaning),
		cell('why', {}, why, probe),
		cell('actions', {}, h('span', { class: 'row-actions' }, approve, cancel)));
	return {
		node,
		update(removal) {
			setText(url, removal.url ?? '');
			const { text, words: left } = whenDropped(removal);
			setText(clock, text);
			setText(meaning, left);
			setText(why, `${Words(removal.evidence)} ${age(instant(removal.since), removal.now)}: ${removal.reason}`);
			setText(probe, probeText(removal));
			setAttribute(probe, 'data-level', removal.probe?.lastError ? 'bad' : null);
		},
	};
}

/** Say when a held instance goes. */
export function whenDropped({ deadline, keptUntil, now }) {
	if (keptUntil && instant(keptUntil) > now) {
		return { text: countdown(instant(keptUntil), now), words: 'kept' };
	}
	return deadline ? { text: countdown(instant(deadline), now), words: 'until dropped' } : { text: '∥', words: 'stands still' };
}

function probeText({ probe, now }) {
	if (!probe) {
		return '';
	}
	const checked = instant(probe.lastCheck);
	const when = checked ? age(checked, now) : '';
	return probe.lastError ? `probe failed ${count(probe.failures, 'time')}, ${when}: ${probe.lastError}` : checked ? `answers a probe, ${when}` : 'not yet probed';
}

const KINDS = { DRAIN: 'Drain', WEIGHT: 'Weight', CIRCUIT_OPEN: 'Circuit open', FREEZE: 'Freeze' };

export function createOverridesView({ act, open }) {
	const list = createList(byId('overrides-table').tBodies[0], (override) => createOverride(override, act, open));
	let frozen = null;
	byId('freeze-begin').addEventListener('click', () => act('freeze', {}));
	byId('freeze-end').addEventListener('click', () => act('unfreeze', { scope: frozen?.scope }));
	return {
		update(overrides, standing, now) {
			setFilled('overrides');
			// A gateway that knows no overrides tells of its freeze all the same.
			frozen = overrides.find((override) => override.kind === 'FREEZE') ?? standing?.frozen ?? null;
			const others = overrides.filter((override) => override.kind !== 'FREEZE');
			list.update(others.slice(0, MAX_SHOWN).map((override) => ({ ...override, now })), (override) => [override.kind, override.service, override.instance, override.scope].join('\n'));
			setText(byId('overrides-count'), others.length > 0 ? `${others.length}${others.length > MAX_SHOWN ? `, the first ${MAX_SHOWN} shown` : ''}` : '');
			show(byId('overrides-empty'), others.length === 0 && !frozen);
			show(byId('freeze-state'), frozen !== null);
			const focused = document.activeElement;
			show(byId('freeze-end'), frozen !== null);
			if (focused === byId('freeze-end') && frozen === null) {
				byId('freeze-begin').focus({ preventScroll: true });
			}
			setText(byId('freeze-begin'), frozen ? 'Prolong' : 'Freeze');
			if (frozen) {
				setText(byId('freeze-state'), `Frozen since ${clockTime(instant(frozen.since))}, for another ${countdown(instant(frozen.until), now)}: nothing that etcd says is applied.${frozen.reason ? ` Reason: ${frozen.reason}` : ''}`);
			}
			setLevel(byId('overrides'), frozen ? 'warn' : others.length > 0 ? 'note' : 'ok');
		},
	};
}

function createOverride(first, act, open) {
	const what = h('span');
	const until = h('span');
	const why = h('span', { class: 'sub' });
	const kind = endOf(first.kind);
	const end = button('end', 'End', () => act(kind, { service: first.service, instance: first.instance, scope: first.scope }), { 'aria-label': `End: ${KINDS[first.kind] ?? first.kind} of ${first.instance ?? first.service}` });
	const node = h('tr', {
		role: 'row', 'data-kind': first.kind, 'data-service': first.service, 'data-instance': first.instance ?? '', 'data-scope': first.scope, 'data-level': first.kind === 'CIRCUIT_OPEN' ? 'bad' : 'note',
	},
		h('th', { scope: 'row', role: 'rowheader', 'data-cell': 'what', class: 'breakable' }, what, ' ', h('button', { type: 'button', class: 'term', text: first.service, onclick: () => open(first.service) }), first.instance ? ` ${first.instance}` : ''),
		cell('countdown', { class: 'figure' }, until),
		cell('why', {}, why),
		cell('actions', {}, h('span', { class: 'row-actions' }, end)));
	show(end, kind !== null);
	return {
		node,
		update(override) {
			setText(what, override.kind === 'WEIGHT' ? `Weight ${override.weight}` : KINDS[override.kind] ?? words(override.kind));
			setText(until, countdown(instant(override.until), override.now));
			setText(why, `${override.scope === 'CLUSTER' ? 'on all gateways' : 'on this gateway'}, by ${override.by} since ${clockTime(instant(override.since))}${override.reason ? `: ${override.reason}` : ''}${override.note ? `; ${override.note}` : ''}`);
		},
	};
}
