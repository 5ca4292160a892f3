/** One service with its instances, asked for while it is open. */

import { byId, button, cell, createList, h, keepFocus, setAttribute, setText, setTip, show } from '../dom.js';
import { clockTime, count, duration, instant, moment, readable, revision, whole } from '../format.js';
import { ofCircuit, ofInstance, ofService, worst, worstFirst } from '../levels.js';
import { whyService } from '../verdict.js';
import { causeLevel } from './changes.js';
import { markedWord, setAbsent, setLevel, Words, words } from './common.js';

/** So many instances are shown; the worst are among them. */
const MAX_INSTANCES = 200;

/**
 * @param {{act: (kind: string, target: object) => void, close: () => void, historyOpened: () => void}} options
 */
export function createServiceView({ act, close, historyOpened }) {
	const section = byId('service');
	const list = createList(byId('instances-table').tBodies[0], (instance) => createInstance(instance, act));
	const history = createList(byId('service-history').tBodies[0], createHistoryRow);
	const circuitOpen = section.querySelector('[data-action="circuit-open"]');
	const circuitReset = section.querySelector('[data-action="circuit-reset"]');

	circuitOpen.addEventListener('click', () => act('circuit-open', { service: section.dataset.service }));
	circuitReset.addEventListener('click', () => act('circuit-reset', { service: section.dataset.service }));
	byId('service-close').addEventListener('click', close);
	section.addEventListener('keydown', (event) => {
		if (event.key === 'Escape' && !event.target.closest('dialog')) {
			close();
		}
	});
	byId('history').addEventListener('toggle', (event) => {
		if (event.target.open) {
			historyOpened();
		}
	});

	return {
		get historyShown() {
			return byId('history').open;
		},
		/** Opens the panel before there is anything to show in it. */
		open(name, focus) {
			section.dataset.service = name;
			setText(byId('service-title'), name);
			setText(byId('service-reasons'), '');
			list.update([], String);
			history.update([], String);
			show(byId('instances-more'), false);
			setAbsent('service', null);
			show(section, true);
			if (focus) {
				byId('service-title').focus({ preventScroll: true });
				section.scrollIntoView({ block: 'nearest' });
			}
		},
		close() {
			show(section, false);
			delete section.dataset.service;
		},
		failed(why) {
			setAbsent('service', why);
		},
		update(detail, now) {
			const { service, instances } = detail;
			if (section.dataset.service !== service.name) {
				return;
			}
			section.dataset.filled = 'true';
			setAbsent('service', null);
			const level = ofService(service.status);
			setLevel(section, level);
			setText(byId('service-reasons'), [Words(service.status), whyService(service)].filter(Boolean).join(': '));
			const circuit = byId('service-circuit');
			setText(circuit, words(service.circuit));
			setAttribute(circuit, 'data-circuit', service.circuit);
			setAttribute(circuit, 'data-level', ofCircuit(service.circuit));
			show(circuitOpen, service.circuit !== 'FORCED_OPEN');
			const ordered = instances.map((instance) => ({ ...instance, service: service.name, level: instanceLevel(instance), now }))
				.sort((a, b) => worstFirst(a.level, b.level) || a.id.localeCompare(b.id));
			list.update(ordered.slice(0, MAX_INSTANCES), (instance) => instance.id, { keepOrder: section.matches(':hover') });
			const more = ordered.length - MAX_INSTANCES;
			show(byId('instances-more'), more > 0 || ordered.length === 0);
			setText(byId('instances-more'), more > 0 ? `${count(more, 'more instance is', 'more instances are')} not shown; registry/services/${service.name} has all.`
				: 'No instance is registered. Its history below says what became of the last one.');
		},
		updateHistory(page, now) {
			history.update(page.items.map((change, i) => ({ ...change, now, key: `${change.revision} ${change.time} ${change.instance} ${change.cause} ${page.items.length - i}` })), (change) => change.key);
		},
	};
}

function instanceLevel(instance) {
	return worst(ofInstance(instance.health.status), instance.hold ? 'warn' : 'ok', instance.weight === 0 ? 'note' : 'ok');
}

function createInstance(first, act) {
	const target = { service: first.service, instance: first.id };
	let shown = first;
	const health = markedWord();
	const reasons = h('span', { class: 'sub' });
	const url = h('span', { class: 'sub code' });
	const more = h('span', { class: 'sub' });
	const weight = cell('weight', { class: 'right figure', 'data-label': 'Weight' });
	const active = cell('active', { class: 'right figure', 'data-label': 'Active' });
	const total = cell('total', { class: 'right figure', 'data-label': 'Requests' });
	const failed = cell('failed', { class: 'right figure', 'data-label': 'Failed' });
	const record = cell('record', { class: 'breakable' });
	const scopeOf = (kind) => shown.override?.[kind]?.scope;
	const drain = button('drain', 'Drain', () => act('drain', target), { 'aria-label': `Drain ${first.id}` });
	const undrain = button('undrain', 'End drain', () => act('undrain', { ...target, scope: scopeOf('drain') }), { 'aria-label': `End the drain of ${first.id}` });
	const weigh = button('weight', 'Weight', () => act('weight', { ...target, weight: shown.effectiveWeight ?? shown.weight }), { 'aria-label': `Set another weight of ${first.id}` });
	const unweigh = button('unweight', 'Own weight', () => act('unweight', { ...target, scope: scopeOf('weight') }), { 'aria-label': `Give ${first.id} its own weight again` });
	const node = h('tr', { role: 'row', 'data-instance': first.id },
		cell('health', {}, health.node),
		h('th', { scope: 'row', role: 'rowheader', 'data-cell': 'id', class: 'breakable' }, h('strong', { text: first.id }), url, more, h('span', { 'data-cell': 'reasons' }, reasons)),
		weight, active, total, failed, record,
		cell('actions', {}, h('span', { class: 'row-actions' }, drain, undrain, weigh, unweigh)));
	return {
		node,
		update(instance) {
			shown = instance;
			setAttribute(node, 'data-health', instance.health.status);
			setAttribute(node, 'data-level', instance.level);
			health.update(instance.level, Words(instance.health.status));
			setText(url, instance.url);
			setText(more, [instance.zone && `zone ${instance.zone}`, instance.version && `version ${instance.version}`].filter(Boolean).join(' · '));
			show(more, more.textContent !== '');
			setTip(more, metadataText(instance.metadata));
			const why = reasonsOf(instance);
			setText(reasons, why);
			show(reasons, why !== '');
			setAttribute(reasons, 'data-level', instance.level);
			showWeight(weight, instance);
			setText(active, instance.traffic ? whole(instance.traffic.active) : '–');
			setText(total, instance.traffic ? whole(instance.traffic.total) : '–');
			setText(failed, instance.traffic ? whole(instance.traffic.errors) : '–');
			setTip(failed, instance.traffic?.connectFailures > 0 ? `${count(instance.traffic.connectFailures, 'connection')} could not be made.` : null);
			const { key, format, modRevision, lease, source } = instance.registration;
			setText(record, `${revision(modRevision)} · ${words(source)}`);
			setTip(record, `${key}, format ${format}, ${lease ? `lease ${lease}` : 'without a lease'}`);
			const drained = Boolean(instance.override?.drain) || instance.health.status === 'DRAINING';
			const focused = node.contains(document.activeElement) ? document.activeElement : null;
			show(drain, !drained);
			show(undrain, drained);
			show(unweigh, Boolean(instance.override?.weight));
			keepFocus(focused, node);
		},
	};
}

function showWeight(place, instance) {
	const effective = instance.effectiveWeight ?? instance.weight;
	const text = effective === instance.weight ? whole(instance.weight) : `${whole(instance.weight)} → ${whole(effective)}`;
	if (place.textContent !== text) {
		place.replaceChildren(...(effective === instance.weight ? [text] : [h('span', { class: 'struck', text: whole(instance.weight) }), ` → ${whole(effective)}`]));
	}
}

function reasonsOf(instance) {
	const told = [...(instance.health.reasons ?? [])];
	const { drain, weight } = instance.override ?? {};
	if (drain && !told.some((reason) => /drain/i.test(reason))) {
		told.push(`drained ${termsOf(drain, instance.now)}`);
	}
	if (weight && !told.some((reason) => /weight/i.test(reason))) {
		told.push(`weight ${weight.weight} ${termsOf(weight, instance.now)}`);
	}
	return readable(told.join('; '), instance.now);
}

/** Say of an override for how long and why. */
export function termsOf({ until, reason, by, scope }, now) {
	const left = duration(instant(until) - now);
	return [`for another ${left}`, scope === 'CLUSTER' ? 'on all gateways' : '', by ? `by ${by}` : '', reason ? `(${reason})` : ''].filter(Boolean).join(' ');
}

function metadataText(metadata = {}) {
	const text = Object.entries(metadata).map(([name, value]) => `${name}: ${value}`).join(', ');
	return text || null;
}

function createHistoryRow(first) {
	const node = h('tr', { role: 'row', 'data-cause': first.cause },
		cell('time', { text: moment(instant(first.time), first.now), 'data-tip': clockTime(instant(first.time)) }),
		cell('revision', { class: 'figure', text: revision(first.revision) }),
		cell('cause', {}, h('span', { class: 'badge', 'data-level': causeLevel(first.cause), text: words(first.cause) })),
		cell('instance', { class: 'breakable', text: first.instance }),
		cell('detail', { class: 'breakable', text: readable(first.detail ?? '', first.now) }));
	return { node, update() {} };
}
