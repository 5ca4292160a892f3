/** One page of services, as the gateway sorts and filters them, with what the stream tells since. */

import { byId, button, cell, createList, h, isOff, setAttribute, setOff, setText, setTip, show } from '../dom.js';
import { count, latency, percent, rate, revision, whole } from '../format.js';
import { ofCircuit, ofService } from '../levels.js';
import { createSpark, eachSecond } from '../spark.js';
import { whyService } from '../verdict.js';
import { markedWord, setFilled, setLevel, Words, words } from './common.js';

/** So long after the last key is asked. */
const TYPED = 180;

/**
 * @param {{address: ReturnType<import('../address.js').createAddress>, model: ReturnType<import('../model.js').createModel>,
 *   open: (name: string) => void}} options
 */
export function createServicesView({ address, model, open }) {
	const table = byId('services-table');
	const list = createList(table.tBodies[0], (service) => createService(service, open));
	const filter = byId('services-filter');
	const status = byId('services-status');
	const size = byId('services-size');
	let shown = null;
	let timer = 0;

	filter.addEventListener('input', () => {
		clearTimeout(timer);
		timer = setTimeout(() => address.go({ q: filter.value.trim(), page: '0' }), TYPED);
	});
	status.addEventListener('change', () => address.go({ status: status.value, page: '0' }));
	size.addEventListener('change', () => address.go({ size: size.value, page: '0' }));
	const turn = (button_, by) => button_.addEventListener('click', () => {
		if (!isOff(button_)) {
			address.go({ page: String(Math.max(0, Number(address.current.page) + by)) });
		}
	});
	turn(byId('services-prev'), -1);
	turn(byId('services-next'), 1);
	table.tHead.addEventListener('click', (event) => {
		const key = event.target.closest('[data-sort]')?.dataset.sort;
		if (key) {
			address.go({ sort: nextSort(key, address.current.sort), page: '0' });
		}
	});
	// Only here, and without others: who speaks to the page must not jump away by a word of one letter (WCAG 2.2, 2.1.4).
	byId('services').addEventListener('keydown', (event) => {
		if (event.key === '/' && !event.ctrlKey && !event.altKey && !event.metaKey && !event.target.closest('input, select, textarea')) {
			event.preventDefault();
			filter.focus();
		}
	});

	const showAddress = () => {
		const { q, status: wanted, sort, size: rows } = address.current;
		if (document.activeElement !== filter) {
			filter.value = q;
		}
		status.value = wanted;
		size.value = rows;
		for (const button_ of table.tHead.querySelectorAll('[data-sort]')) {
			const name = button_.dataset.sort.replace('-', '');
			setAttribute(button_.closest('th'), 'aria-sort', sort.replace('-', '') !== name ? null : sort.startsWith('-') ? 'descending' : 'ascending');
		}
	};

	return {
		showAddress,
		/** Takes a page of services. */
		take(page) {
			shown = page;
		},
		/** Return the names that are shown. */
		names: () => (shown ? shown.items.map((service) => service.name) : []),
		/**
		 * @param {{traffic: Map<string, any>, stepSeconds: number, byStatus: Record<string, number> | null}} known
		 */
		update({ traffic, stepSeconds, byStatus }) {
			if (!shown) {
				return;
			}
			setFilled('services');
			const { items, page, size: rows, total } = shown;
			const opened = address.current.service;
			// Nothing moves away below the pointer.
			const keepOrder = table.tBodies[0].matches(':hover');
			list.update(items.map((service) => ({
				...service, ...since(service), points: traffic.get(service.name), stepSeconds, opened: service.name === opened,
			})), (service) => service.name, { keepOrder });
			const pages = Math.max(1, Math.ceil(total / rows));
			setText(byId('services-page'), total === 0 ? '' : `${whole(page * rows + 1)} to ${whole(Math.min(total, (page + 1) * rows))} of ${whole(total)}`);
			setOff(byId('services-prev'), page === 0);
			setOff(byId('services-next'), page + 1 >= pages);
			show(byId('services-empty'), items.length === 0);
			setText(byId('services-empty'), emptyText(total, page, address.current));
			setText(byId('services-count'), byStatus ? countText(byStatus) : '');
			setLevel(byId('services'), byStatus?.DOWN > 0 ? 'bad' : byStatus?.DEGRADED > 0 || byStatus?.STALE > 0 ? 'warn' : byStatus ? 'ok' : 'unknown');
		},
	};

	/** What the stream told of a service since the gateway was asked. */
	function since(service) {
		const known = model.service(service.name);
		return known && known.revision > service.revision
			? { revision: known.revision, instances: { ...service.instances, total: known.instances.size, routable: Math.min(service.instances.routable, known.instances.size) } } : {};
	}
}

/** Return what a click on a column sorts by: its usual direction first, then the other one. */
export function nextSort(key, current) {
	if (key !== current) {
		return key;
	}
	return key.startsWith('-') ? key.slice(1) : `-${key}`;
}

function countText(byStatus) {
	const parts = ['DOWN', 'DEGRADED', 'STALE', 'HEALTHY'].filter((status) => byStatus[status] > 0)
		.map((status) => `${whole(byStatus[status])} ${words(status)}`);
	return parts.join(' · ');
}

function emptyText(total, page, { q, status }) {
	if (total > 0 && page > 0) {
		return 'There are fewer pages now.';
	}
	return q || status ? `No service ${status ? `that is ${words(status)} ` : ''}${q ? `has “${q}” in its name` : ''}.`.replace(/ \.$/, '.').replace('that is', 'is').replace(/(is \w+) has/, '$1 and has')
		: 'No service is registered.';
}

function createService(first, open) {
	const status = markedWord();
	const name = button('open', first.name, () => open(first.name));
	const why = h('span', { class: 'sub' });
	const number = h('span', { class: 'figure' });
	const parts = ['ok', 'note', 'bad', 'warn'].map((level) => h('span', { class: 'bar-part', 'data-level': level }));
	const bar = h('span', { class: 'stackbar', 'aria-hidden': 'true' }, ...parts);
	const instances = cell('instances', { 'data-label': 'Instances' }, number, bar);
	const circuit = cell('circuit', { 'data-label': 'Circuit' });
	const perSecond = cell('rate', { class: 'right figure', 'data-label': 'Req/s' });
	const spark = createSpark();
	const course = cell('course', {}, spark.svg);
	const errors = cell('errors', { class: 'right figure', 'data-label': 'Errors' });
	const time = cell('latency', { class: 'right figure', 'data-label': 'p95' });
	const changed = cell('revision', { class: 'right figure' });
	const node = h('tr', { role: 'row', 'data-service': first.name },
		cell('status', {}, status.node),
		h('th', { scope: 'row', role: 'rowheader', 'data-cell': 'name' }, name, why),
		instances, circuit, perSecond, course, errors, time, changed);
	return {
		node,
		update(service) {
			const level = ofService(service.status);
			setAttribute(node, 'data-status', service.status);
			setAttribute(node, 'data-level', level);
			setAttribute(node, 'aria-current', service.opened ? 'true' : null);
			setAttribute(name, 'aria-expanded', String(service.opened));
			status.update(level, Words(service.status));
			const reason = whyService(service);
			setText(why, reason);
			show(why, reason !== '');
			setAttribute(why, 'data-level', level);
			const { total, routable, draining = 0, ejected = 0, held = 0 } = service.instances;
			setText(number, routable === total ? whole(total) : `${whole(routable)} of ${whole(total)}`);
			setTip(instances, [`${count(total, 'instance')} registered: ${routable} routable`, ejected ? `${ejected} ejected` : '', draining ? `${draining} draining` : '', held ? `${held} held` : ''].filter(Boolean).join(', '));
			[routable, draining, ejected, Math.max(0, total - routable - draining - ejected)].forEach((value, i) => grow(parts[i], value));
			setText(circuit, words(service.circuit));
			setAttribute(circuit, 'data-level', ofCircuit(service.circuit));
			setText(perSecond, service.requestsPerSecond === undefined ? '–' : rate(service.requestsPerSecond));
			setText(errors, !service.requestsPerSecond ? '–' : percent(service.errorRatio));
			setAttribute(errors, 'data-level', service.errorRatio >= 0.05 ? 'bad' : service.errorRatio >= 0.01 ? 'warn' : null);
			setText(time, latency(typeof service.p95 === 'number' ? service.p95 * 1000 : null));
			setText(changed, revision(service.revision));
			drawCourse(spark, service);
		},
	};
}

function grow(part, value) {
	const text = String(value);
	if (part.style.flexGrow !== text) {
		part.style.flexGrow = text;
		part.hidden = value === 0;
	}
}

function drawCourse(spark, { points, stepSeconds, name }) {
	if (!points) {
		spark.update([], { label: `${name}: no traffic in the last ten minutes` });
		return;
	}
	const perSecond = eachSecond(points.requests, stepSeconds);
	spark.update(perSecond, {
		over: eachSecond(points.errors, stepSeconds),
		label: `${name}: now ${rate(perSecond.at(-1) ?? 0)} requests a second, at most ${rate(Math.max(0, ...perSecond))} in the last ten minutes`,
	});
}
