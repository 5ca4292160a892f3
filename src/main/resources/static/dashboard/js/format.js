/** Writes numbers and times for people. Times are milliseconds since 1970. */

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const TWO_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 2 });
const THREE_DIGITS = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const CLOCK = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const DATE = new Intl.DateTimeFormat('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit' });

/** A space that no line breaks at. */
const NARROW = '\u202f';

/** @param {number} value */
export function whole(value) {
	return WHOLE.format(value).replaceAll(',', NARROW);
}

/** Return a revision, which is compared digit by digit, without anything between its digits. */
export function revision(value) {
	return value ? String(value) : '–';
}

/** @param {number} number @param {string} one @param {string} [many] */
export function count(number, one, many = `${one}s`) {
	return `${whole(number)} ${number === 1 ? one : many}`;
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
	const seconds = Math.max(0, Math.round(milliseconds / 1000));
	if (seconds < MINUTE) {
		return `${seconds} s`;
	}
	if (seconds < HOUR) {
		const rest = seconds % MINUTE;
		return seconds < 10 * MINUTE && rest > 0 ? `${Math.floor(seconds / MINUTE)} min ${rest} s`
			: `${Math.floor(seconds / MINUTE)} min`;
	}
	if (seconds < DAY) {
		const rest = Math.floor((seconds % HOUR) / MINUTE);
		return rest > 0 ? `${Math.floor(seconds / HOUR)} h ${rest} min` : `${Math.floor(seconds / HOUR)} h`;
	}
	const rest = Math.floor((seconds % DAY) / HOUR);
	const days = Math.floor(seconds / DAY);
	return rest > 0 && days < 10 ? `${days} d ${rest} h` : `${days} d`;
}

/** @param {number} from @param {number} now */
export function age(from, now) {
	return now - from < 1000 ? 'just now' : `${duration(now - from)} ago`;
}

/** Return what is left until a moment as a clock shows it, such as 9:41 or 1:02:03. */
export function countdown(until, now) {
	const left = Math.max(0, Math.ceil((until - now) / 1000));
	const two = (value) => String(value).padStart(2, '0');
	const hours = Math.floor(left / HOUR);
	const minutes = Math.floor((left % HOUR) / MINUTE);
	return hours > 0 ? `${hours}:${two(minutes)}:${two(left % MINUTE)}` : `${minutes}:${two(left % MINUTE)}`;
}

/** @param {number} instant */
export function clockTime(instant) {
	return CLOCK.format(instant);
}

/** Return the time alone when it is of today, otherwise the date as well. */
export function moment(instant, now) {
	const today = new Date(now).setHours(0, 0, 0, 0);
	const tomorrow = new Date(today).setDate(new Date(today).getDate() + 1);
	return instant >= today && instant < tomorrow ? CLOCK.format(instant) : `${DATE.format(instant)} ${CLOCK.format(instant)}`;
}

/** Return a text with the moments in it as people read them. */
export function readable(text, now) {
	return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, (found) => moment(Date.parse(found), now));
}

/** @param {number} instant */
export function date(instant) {
	return DATE.format(instant);
}

/** Return a number of requests a second. */
export function rate(perSecond) {
	if (perSecond === 0) {
		return '0';
	}
	if (perSecond >= 10000) {
		return `${THREE_DIGITS.format(perSecond / 1000)} k`;
	}
	return perSecond >= 100 ? whole(perSecond) : TWO_DIGITS.format(perSecond);
}

/** Return a share of 1 in percent; what is there is never 0, and what is missing never 100. */
export function percent(ratio) {
	if (ratio === 0 || ratio === 1) {
		return `${ratio * 100} %`;
	}
	if (ratio < 0.001) {
		return '< 0.1 %';
	}
	if (ratio > 0.999) {
		return '> 99.9 %';
	}
	return `${ratio < 0.1 || ratio > 0.99 ? (ratio * 100).toFixed(1) : Math.round(ratio * 100)} %`;
}

/** Return a time that requests took. */
export function latency(milliseconds) {
	if (milliseconds === null || milliseconds === undefined) {
		return '–';
	}
	return milliseconds >= 1000 ? `${THREE_DIGITS.format(milliseconds / 1000)} s`
		: `${milliseconds >= 100 ? Math.round(milliseconds) : TWO_DIGITS.format(milliseconds)} ms`;
}

/** Return a moment that JSON tells in milliseconds, null when it tells none. */
export function instant(text) {
	const value = text ? Date.parse(text) : NaN;
	return Number.isNaN(value) ? null : value;
}

/** @param {string} text @param {number} length */
export function shortened(text, length) {
	return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}
