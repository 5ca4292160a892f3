/** What operators can do, and the request that does it. */

import { instancePath, query, servicePath } from './api.js';
import { clockTime, instant } from './format.js';

/**
 * @typedef {{reason: string, ttlSeconds?: number, scope?: string, weight?: number, force?: boolean}} Values
 * @typedef {{service?: string, instance?: string, scope?: string, all?: boolean}} Target
 * @typedef {{title: string, what: (target: Target) => string, done: string, ttl: boolean, scope: boolean,
 *   request: (target: Target, values: Values) => {method: string, path: string, body?: object}}} Action
 */

const TTL = ({ ttlSeconds }) => ({ ttlSeconds });

/** What is for this gateway alone says nothing of it, as one before there were others understands. */
const common = ({ reason, scope }) => ({ reason, ...(scope === 'CLUSTER' ? { scope } : {}) });
const ending = (values) => query(common(values));
const selection = ({ service, instance, all }) => (all ? { all: true } : { service, instance });
const forced = ({ force }) => (force ? { force: true } : {});

/** @type {Record<string, Action>} */
export const ACTIONS = {
	drain: {
		title: 'Drain the instance', done: 'Drained', ttl: true, scope: true,
		what: ({ service, instance }) => `${instance} of ${service} gets no new requests until the time is over. Those under way go on.`,
		request: ({ service, instance }, values) => ({
			method: 'PUT', path: instancePath(service, instance, 'drain'), body: { ...common(values), ...TTL(values), ...forced(values) },
		}),
	},
	undrain: {
		title: 'End the drain', done: 'Drain ended', ttl: false, scope: true,
		what: ({ service, instance }) => `${instance} of ${service} gets requests again.`,
		request: ({ service, instance }, values) => ({ method: 'DELETE', path: instancePath(service, instance, 'drain') + ending(values) }),
	},
	weight: {
		title: 'Set another weight', done: 'Weight set', ttl: true, scope: true,
		what: ({ service, instance }) => `${instance} of ${service} gets another share of the requests until the time is over.`,
		request: ({ service, instance }, values) => ({
			method: 'PUT', path: instancePath(service, instance, 'weight'),
			body: { weight: values.weight, ...common(values), ...TTL(values), ...forced(values) },
		}),
	},
	unweight: {
		title: 'Back to its own weight', done: 'Weight as registered', ttl: false, scope: true,
		what: ({ service, instance }) => `${instance} of ${service} has the weight again that it is registered with.`,
		request: ({ service, instance }, values) => ({ method: 'DELETE', path: instancePath(service, instance, 'weight') + ending(values) }),
	},
	'circuit-open': {
		title: 'Force the circuit open', done: 'Circuit forced open', ttl: true, scope: true,
		what: ({ service }) => `Every request to ${service} is answered 503 until the time is over.`,
		request: ({ service }, values) => ({
			method: 'POST', path: servicePath(service, 'circuit'), body: { action: 'FORCE_OPEN', ...common(values), ...TTL(values) },
		}),
	},
	'circuit-reset': {
		title: 'Reset the circuit', done: 'Circuit reset', ttl: false, scope: true,
		what: ({ service }) => `The circuit of ${service} is closed and counts anew.`,
		request: ({ service }, values) => ({
			method: 'POST', path: servicePath(service, 'circuit'), body: { action: 'RESET', ...common(values) },
		}),
	},
	approve: {
		title: 'Approve the removal', done: 'Removal approved', ttl: false, scope: true,
		what: ({ service, instance, all }) => `${all ? 'Every instance whose removal is held' : `${instance} of ${service}`} is dropped now. It is back as soon as it registers again.`,
		request: (target, values) => ({ method: 'POST', path: 'registry/held/approve', body: { ...selection(target), ...common(values) } }),
	},
	cancel: {
		title: 'Keep the instance', done: 'Kept', ttl: true, scope: true,
		what: ({ service, instance, all }) => `${all ? 'Every instance whose removal is held' : `${instance} of ${service}`} stays until the time is over, whatever its probes find.`,
		request: (target, values) => ({
			method: 'POST', path: 'registry/held/cancel', body: { ...selection(target), ...common(values), ...TTL(values) },
		}),
	},
	freeze: {
		title: 'Freeze the registry', done: 'Frozen', ttl: true, scope: true,
		what: () => 'Nothing that etcd says is applied until the time is over: no instance appears, and none goes.',
		request: (target, values) => ({ method: 'PUT', path: 'registry/freeze', body: { ...common(values), ...TTL(values) } }),
	},
	unfreeze: {
		title: 'End the freeze', done: 'Freeze ended', ttl: false, scope: true,
		what: () => 'What came meanwhile is applied at once. Compare with etcd first if in doubt.',
		request: (target, values) => ({ method: 'DELETE', path: `registry/freeze${ending(values)}` }),
	},
	refresh: {
		title: 'List everything anew', done: 'Listed anew', ttl: false, scope: true,
		what: () => 'The gateway lists all records in etcd and takes what they say.',
		request: (target, values) => ({ method: 'POST', path: `registry/refresh`, body: common(values) }),
	},
	reconnect: {
		title: 'Connect to etcd anew', done: 'Connecting anew', ttl: false, scope: true,
		what: () => 'The gateway gives up its connection to etcd and makes a new one. Routing goes on meanwhile.',
		request: (target, values) => ({ method: 'POST', path: 'registry/reconnect', body: common(values) }),
	},
};

/** Return what ends an override. */
export function endOf(kind) {
	return { DRAIN: 'undrain', WEIGHT: 'unweight', CIRCUIT_OPEN: 'circuit-reset', FREEZE: 'unfreeze' }[kind] ?? null;
}

/** Whether a write ends what was set, in the scope that it was set in. */
export const isEnd = (kind) => ['undrain', 'unweight', 'circuit-reset', 'unfreeze'].includes(kind);

/** What all gateways are told to do, each does when it hears of it. */
const TOLD = { approve: 'Approve the removal', cancel: 'Keep', refresh: 'List anew', reconnect: 'Connect anew', 'circuit-reset': 'Reset the circuit' };

/** Return what goes on although something was ended: the same, set in the other scope; null when nothing does. */
function restOf(kind, answer) {
	const rest = kind === 'circuit-reset' ? answer?.override : answer;
	return isEnd(kind) && rest?.until ? rest : null;
}

/**
 * Say what a write has done, by its answer.
 * @param {string} [scope] where it was to be done
 * @returns {{text: string, level: import('./levels.js').Level}}
 */
export function outcome(kind, target, answer, scope = 'LOCAL') {
	const rest = restOf(kind, answer);
	if (rest) {
		const where = rest.scope === 'CLUSTER' ? 'on all gateways' : 'on this gateway';
		return {
			level: 'warn',
			text: `Not over: ${target.instance ?? target.service ?? 'the freeze'} is still set ${where}, until ${clockTime(instant(rest.until))}${rest.by ? `, by ${rest.by}` : ''}${rest.reason ? `: ${rest.reason}` : ''}`,
		};
	}
	return { level: 'ok', text: done(kind, target, answer, scope) };
}

function done(kind, target, answer, scope) {
	const action = ACTIONS[kind];
	const name = target.instance ?? target.service ?? '';
	if (scope === 'CLUSTER' && kind in TOLD) {
		return `All gateways are told: ${TOLD[kind].toLowerCase()}${name ? `, ${name}` : ''}`;
	}
	if (kind === 'refresh' && answer && 'added' in answer) {
		return `Listed anew: ${answer.added} added, ${answer.removed} removed, ${answer.changed} changed, ${answer.held} held`;
	}
	return name ? `${action.done}: ${name}` : action.done;
}
