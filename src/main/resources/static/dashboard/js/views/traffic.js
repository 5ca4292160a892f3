/** Requests, errors and latency of all services together. */

import { byId, setAttribute, setText } from '../dom.js';
import { clockTime, instant, latency, percent, rate } from '../format.js';
import { createSpark, roundMax } from '../spark.js';
import { setFilled } from './common.js';

const HEIGHT = 56;

/** Shares of failed requests from which a chart is marked. */
const WARN = 0.01;
const BAD = 0.05;

export function createTrafficView() {
	const charts = {
		requests: createChart('traffic-requests', 'requests', (value) => `${rate(value)} requests a second`),
		errors: createChart('traffic-errors', 'errors', (value) => `${percent(value)} failed`),
		latency: createChart('traffic-latency', 'latency', (value) => `95 of 100 below ${latency(value)}`),
	};
	return {
		update(traffic) {
			setFilled('traffic');
			const { total, stepSeconds } = traffic;
			const end = instant(traffic.asOf);
			const perSecond = total.requests.map((value) => value / stepSeconds);
			const ratios = errorRatios(total);
			const recent = recentErrorRatio(traffic);
			const level = recent >= BAD ? 'bad' : recent >= WARN ? 'warn' : 'ok';
			charts.requests.update(perSecond, { value: perSecond.length ? `${rate(perSecond.at(-1))}/s` : '–', end, stepSeconds, over: total.errors.map((value) => value / stepSeconds) });
			charts.errors.update(ratios, { value: recent === null ? '–' : percent(recent), end, stepSeconds, max: Math.max(0.01, roundMax(Math.max(0, ...ratios.map((value) => value ?? 0)))), level });
			charts.latency.update(total.p95Millis, { value: latency(total.p95Millis.findLast((value) => value !== null)), end, stepSeconds });
			setAttribute(byId('traffic'), 'data-level', level);
		},
	};
}

/** Return the share of each step that failed, null where there was nothing that could. */
export function errorRatios({ requests, errors }) {
	return requests.map((value, i) => (value > 0 ? errors[i] / value : null));
}

/** Return the share of the last minute's requests that failed, null when there were none. */
export function recentErrorRatio({ total, stepSeconds }) {
	const steps = Math.max(1, Math.round(60 / stepSeconds));
	const sum = (values) => values.slice(-steps).reduce((a, b) => a + b, 0);
	const requests = sum(total.requests);
	return requests > 0 ? sum(total.errors) / requests : null;
}

/** A chart tells at the pointer what each point was. */
function createChart(id, kind, describe) {
	const figure = byId(id);
	const value = figure.querySelector('[data-cell="value"]');
	const place = figure.querySelector('.chart');
	const spark = createSpark({ height: HEIGHT, kind });
	place.append(spark.svg);
	let shown = { points: [], end: null, stepSeconds: 10 };

	place.addEventListener('pointermove', (event) => {
		const { points, end, stepSeconds } = shown;
		const box = place.getBoundingClientRect();
		const i = Math.round(((event.clientX - box.left) / box.width) * (points.length - 1));
		if (points[i] !== undefined && end !== null) {
			place.dataset.tip = `${clockTime(end - (points.length - 1 - i) * stepSeconds * 1000)}: ${points[i] === null ? 'nothing measured' : describe(points[i])}`;
			place.dispatchEvent(new CustomEvent('tip-changed', { bubbles: true }));
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
