/** Draws a course of 60 points as an SVG that is as wide as its place. */

const SVG = 'http://www.w3.org/2000/svg';
const WIDTH = 120;

/**
 * @typedef {Array<number | null>} Points the oldest first; null where nothing was measured
 */

/** Return the path of a line, broken where nothing was measured. */
export function linePath(points, max, height) {
	let path = '';
	let pen = 'M';
	points.forEach((value, i) => {
		if (value === null) {
			pen = 'M';
			return;
		}
		path += `${pen}${x(i, points.length)} ${y(value, max, height)}`;
		pen = 'L';
	});
	return path;
}

/** Return the path of the area below a line. */
export function areaPath(points, max, height) {
	if (points.length === 0) {
		return '';
	}
	const line = points.map((value, i) => `L${x(i, points.length)} ${y(value ?? 0, max, height)}`).join('');
	return `M0 ${height}${line}L${WIDTH} ${height}Z`;
}

const x = (i, length) => (length < 2 ? WIDTH : Math.round((i / (length - 1)) * WIDTH * 10) / 10);
const y = (value, max, height) => Math.round((height - 1 - (max > 0 ? value / max : 0) * (height - 2)) * 10) / 10;

/** Return what a scale ends at: a round number above the largest, so that it does not move with each point. */
export function roundMax(value) {
	if (value <= 0) {
		return 0;
	}
	const unit = 10 ** Math.floor(Math.log10(value));
	return [1, 1.5, 2, 3, 5, 7.5, 10].map((step) => step * unit).find((step) => step >= value) ?? 10 * unit;
}

/** Return what came in each step as what came in a second; a step that was missed stays null. */
export const eachSecond = (values, stepSeconds) => values.map((value) => (value === null ? null : value / stepSeconds));

/**
 * @param {{height?: number, kind?: string}} options
 */
export function createSpark({ height = 22, kind = 'plain' } = {}) {
	const svg = document.createElementNS(SVG, 'svg');
	svg.setAttribute('viewBox', `0 0 ${WIDTH} ${height}`);
	svg.setAttribute('preserveAspectRatio', 'none');
	svg.setAttribute('class', `spark spark-${kind}`);
	svg.setAttribute('role', 'img');
	const path = (name) => {
		const element = document.createElementNS(SVG, 'path');
		element.setAttribute('class', name);
		svg.append(element);
		return element;
	};
	const area = path('spark-area');
	const line = path('spark-line');
	const over = path('spark-over');
	let drawn = '';
	return {
		svg,
		/**
		 * @param {Points} points
		 * @param {{label: string, max?: number, over?: Points}} options `over` is drawn in red over the same scale
		 */
		update(points, { label, max = roundMax(Math.max(0, ...points.map((value) => value ?? 0))), over: second = [] }) {
			const shape = `${points.join()};${second.join()};${max}`;
			if (shape !== drawn) {
				drawn = shape;
				svg.classList.toggle('spark-quiet', !points.some((value) => value > 0));
				area.setAttribute('d', areaPath(points, max, height));
				line.setAttribute('d', linePath(points, max, height));
				over.setAttribute('d', second.some((value) => value > 0) ? areaPath(second, max, height) : '');
			}
			if (svg.getAttribute('aria-label') !== label) {
				svg.setAttribute('aria-label', label);
			}
		},
	};
}
