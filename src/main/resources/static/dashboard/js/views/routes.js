/** Where a request would go: every route that was looked at, every candidate, and why not. */

import { ApiError, query } from '../api.js';
import { byId, cell, h, isOff, mark, setOff, show } from '../dom.js';
import { percent, readable, whole } from '../format.js';
import { whyAbsent } from './common.js';

/** @param {{api: ReturnType<import('../api.js').createApi>}} options */
export function createRoutesView({ api }) {
	const result = byId('route-result');
	const absent = byId('routes').querySelector('.absent');
	const test = byId('route-test');

	const ask = async () => {
		if (isOff(test)) {
			return;
		}
		setOff(test, true);
		try {
			draw(await api.get(`registry/routes/match${routeQuery(byId('route-method').value, byId('route-host').value, byId('route-path').value, byId('route-headers').value)}`));
			show(result, true);
			show(absent, false);
		} catch (error) {
			if (!(error instanceof ApiError)) {
				throw error;
			}
			show(result, false);
			absent.textContent = whyAbsent(error);
			show(absent, true);
		} finally {
			setOff(test, false);
		}
	};

	byId('route-form').addEventListener('submit', (event) => {
		event.preventDefault();
		ask();
	});
	return { ask };
}

/** Return the query of a test; several headers are separated by semicolons. */
export function routeQuery(method, host, path, headers) {
	const text = query({ method: method.trim().toUpperCase(), host: host.trim(), path: path.trim() });
	const fields = headers.split(';').map((field) => field.trim()).filter(Boolean).map((field) => `header=${encodeURIComponent(field)}`);
	return [text, ...fields].join('&');
}

function draw(match) {
	const result = byId('route-result');
	result.dataset.matched = String(match.matched);
	byId('route-note').textContent = noteOf(match);
	byId('route-considered').replaceChildren(...match.considered.map((route) => h('li', { 'data-route': route.id, 'data-matched': String(route.matched) },
		mark(route.matched ? 'ok' : 'unknown'), h('span', { text: route.id }), h('span', { class: 'sub', text: route.why }))));
	const candidates = [...match.candidates].sort((a, b) => b.share - a.share || a.id.localeCompare(b.id));
	byId('route-candidates').tBodies[0].replaceChildren(...candidates.map(drawCandidate));
	show(byId('route-candidates'), candidates.length > 0);
}

function noteOf(match) {
	const to = match.service ? `${match.route ? `Route ${match.route.id}` : 'It'} sends it to ${match.service}${match.upstreamPath ? ` as ${match.upstreamPath}` : ''}.` : 'No route takes it.';
	const eligible = match.candidates.filter((candidate) => candidate.eligible).length;
	const where = match.service ? ` ${eligible} of ${match.candidates.length} candidates may be chosen.` : '';
	return `${to}${where}${match.note ? ` ${match.note}` : ''}`;
}

function drawCandidate(candidate) {
	const fill = h('span', { class: 'share-fill' });
	fill.style.width = `${Math.round(candidate.share * 1000) / 10}%`;
	const weight = candidate.effectiveWeight === candidate.weight ? [whole(candidate.weight)]
		: [h('span', { class: 'struck', text: whole(candidate.weight) }), ` → ${whole(candidate.effectiveWeight)}`];
	return h('tr', { role: 'row', 'data-instance': candidate.id, 'data-eligible': String(candidate.eligible) },
		cell('share', {}, h('span', { class: 'share' }, fill, h('span', { class: 'share-text', text: percent(candidate.share) }))),
		h('th', { scope: 'row', role: 'rowheader', 'data-cell': 'id', class: 'breakable' }, candidate.id, h('span', { class: 'sub code', text: candidate.url })),
		cell('weight', { class: 'right figure', 'data-label': 'Weight' }, ...weight),
		cell('active', { class: 'right figure', 'data-label': 'Active', text: whole(candidate.active) }),
		cell('reasons', { text: readable(candidate.reasons.join('; '), Date.now()) || (candidate.eligible ? 'It may be chosen.' : 'It may not be chosen.') }));
}
