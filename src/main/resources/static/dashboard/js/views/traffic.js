/** Requests, errors and latency of all services together. */

import { byId, setAttribute, setText, show } from '../dom.js';
import { age, clockTime, instant, latency, percent, rate } from '../format.js';
import { createSpark, eachSecond, roundMax } from '../spark.js';
import { setFilled } from './common.js';

const HEIGHT = 56;

/** Shares of failed requests from which a chart is marked. */
const WARN = 0.01;
const BAD = 0.05;

/** A step ends every 10 s; later, nothing is measured any more, or the answer is an old one. */
const OLD = 30000;

/** Of fewer requests in a minute no share tells anything. */
const EVIDENCE = 10;

export function createTrafficView() {
	const charts = {
		requests: createChart('traffic-requests', 'requests', (value) => `${rate(value)} requests a second`),
		errors: createChart('traffic-errors', 'errors', (value) => `${percent(value)} failed`),
		latency: createChart('traffic-latency', 'latency', (value) => `95 of 100 below ${latency(value)}`),
	};
	return {
		update(traffic, now) {
			setFilled('traffic');
			const old = isOld(traffic, now);
			show(byId('traffic-old'), old);
			setText(byId('traffic-old'), old ? `These figures are of ${clockTime(instant(traffic.asOf))}, ${age(instant(traffic.asOf), now)}: nothing newer was measured.` : '');
			const { total, stepSeconds } = traffic;
			const end = instant(traffic.asOf);
			const perSecond = eachSecond(total.requests, stepSeconds);
			const ratios = errorRatios(total);
			const recent = recentErrorRatio(traffic);
			const level = old ? 'unknown' : recent >= BAD ? 'bad' : recent >= WARN ? 'warn' : 'ok';
			charts.requests.update(perSecond, { value: old || (perSecond.at(-1) ?? null) === null ? '–' : `${rate(perSecond.at(-1))}/s`, end, stepSeconds, over: eachSecond(total.errors, stepSeconds) });
			charts.errors.update(ratios, { value: old || recent === null ? '–' : percent(recent), end, stepSeconds, max: Math.max(0.01, roundMax(Math.max(0, ...ratios.map((value) => value ?? 0)))), level });
			charts.latency.update(total.p95Millis, { value: old ? '–' : latency(total.p95Millis.findLast((value) => value !== null)), end, stepSeconds });
			setAttribute(byId('traffic'), 'data-level', level);
		},
	};
}

/** Return the share of each step that failed, null where there was nothing that could. */
export function errorRatios({ requests, errors }) {
	return requests.map((value, i) => (value > 0 ? errors[i] / value : null));
}

/** Return the share of the last minute's requests that failed, null when there were none. */
export function recentErrorRatio({ total, stepSeconds }, least = 1) {
	const steps = Math.max(1, Math.round(60 / stepSeconds));
	const sum = (values) => values.slice(-steps).reduce((a, b) => a + (b ?? 0), 0);
	const requests = sum(total.requests);
	return requests >= least ? sum(total.errors) / requests : null;
}

/** Return the share of failed requests as far as it can be judged by: of now, and of some requests; else null. */
export function evidentErrorRatio(traffic, now) {
	return isOld(traffic, now) ? null : recentErrorRatio(traffic, EVIDENCE);
}

function isOld({ asOf }, now) {
	const end = instant(asOf);
	return end !== null && now - end > OLD;
}

/** A chart tells at the pointer what each point was. */
function createChart(id, kind, describe) {
	const figure = byId(id);
	const value = figure.querySelector('[data-cell="value"]');
	const place = figure.querySelector('.chart');
	const spark = createSpark({ height: HEIGHT, kind });
	place.append(spark.svg);
	place.tabIndex = 0;
	place.setAttribute('role', 'group');
	place.setAttribute('aria-label', `Course of ${kind}; the arrow keys tell each step`);
	let shown = { points: [], end: null, stepSeconds: 10 };

	/** The point that the keyboard is at, counted from the newest. */
	let back = 0;

	const tell = (i) => {
		const { points, end, stepSeconds } = shown;
		if (points[i] === undefined || end === null) {
			return;
		}
		place.dataset.tip = `${clockTime(end - (points.length - 1 - i) * stepSeconds * 1000)}: ${points[i] === null ? 'nothing measured' : describe(points[i])}`;
		place.dispatchEvent(new CustomEvent('tip-changed', { bubbles: true }));
	};
	const atPointer = (event) => {
		const box = place.getBoundingClientRect();
		tell(Math.round(((event.clientX - box.left) / box.width) * (shown.points.length - 1)));
	};
	place.addEventListener('pointermove', atPointer);
	place.addEventListener('pointerdown', atPointer);
	place.addEventListener('keydown', (event) => {
		const last = shown.points.length - 1;
		const to = { ArrowLeft: back + 1, ArrowRight: back - 1, Home: last, End: 0 }[event.key];
		if (to !== undefined && last >= 0) {
			event.preventDefault();
			back = Math.min(last, Math.max(0, to));
			tell(last - back);
			// A description that changes is not read out.
			setText(byId('announce'), place.dataset.tip ?? '');
		}
	});
	return {
		update(points, { value: text, level = 'ok', max, over, ...time }) {
			shown = { points, ...time };
			setText(value, text);
			setAttribute(figure, 'data-level', level);
			const known = points.filter((point) => point !== null);
			spark.update(points, {
				max, over,
				label: known.length === 0 ? 'No traffic in the last ten minutes'
					: `Last ten minutes: now ${describe(known.at(-1))}, at most ${describe(Math.max(...known))}, at least ${describe(Math.min(...known))}`,
			});
		},
	};
}
