/**
 * How bad things are. A level goes up with every level of the page: what is bad somewhere
 * is marked wherever it is part of.
 */

/** @typedef {'ok' | 'note' | 'warn' | 'bad' | 'unknown'} Level */

const ORDER = ['ok', 'note', 'unknown', 'warn', 'bad'];

/** @param {...Level} levels @returns {Level} */
export function worst(...levels) {
	return levels.reduce((a, b) => (ORDER.indexOf(b) > ORDER.indexOf(a) ? b : a), 'ok');
}

/** Compares levels for a list that has the worst first. */
export function worstFirst(a, b) {
	return ORDER.indexOf(b) - ORDER.indexOf(a);
}

/** What a level is called where its colour is not seen. */
export const WORDS = {
	ok: 'in order',
	note: 'to be known',
	warn: 'needs a look',
	bad: 'broken',
	unknown: 'unknown',
};

/** @param {string} status of a service @returns {Level} */
export function ofService(status) {
	return { HEALTHY: 'ok', STALE: 'warn', DEGRADED: 'warn', DOWN: 'bad' }[status] ?? 'unknown';
}

/** @param {string} status of an instance @returns {Level} */
export function ofInstance(status) {
	return {
		ROUTABLE: 'ok', SLOW_START: 'note', HELD: 'warn', WEIGHTLESS: 'note', DRAINING: 'note', FAILING: 'warn', RETURNING: 'warn',
		EJECTED: 'bad', FAILING_CHECK: 'bad',
	}[status] ?? 'unknown';
}

/** @param {string} state of the registry @returns {Level} */
export function ofRegistry(state) {
	return { LIVE: 'ok', STALE: 'warn', FROM_DISK: 'warn', EMPTY: 'bad' }[state] ?? 'unknown';
}

/**
 * Authorities come in bundles of many, of which most judge nobody: one that has ended breaks nothing by itself.
 * @param {string} status of a certificate
 * @param {string} [role] what it is for
 * @returns {Level}
 */
export function ofCertificate(status, role) {
	if (role === 'TRUSTED') {
		return status === 'VALID' ? 'ok' : 'note';
	}
	return { VALID: 'ok', EXPIRES_SOON: 'warn', EXPIRED: 'bad', NOT_YET_VALID: 'bad' }[status] ?? 'unknown';
}

/** @param {string} circuit @returns {Level} */
export function ofCircuit(circuit) {
	return { CLOSED: 'ok', DISABLED: 'ok', HALF_OPEN: 'warn', OPEN: 'bad', FORCED_OPEN: 'bad' }[circuit] ?? 'unknown';
}
