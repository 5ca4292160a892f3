/** Judges what is known: one sentence, how bad it is, and each reason with the place that tells more. */

import { age, clockTime, count, duration, instant } from './format.js';
import { ofCertificate, ofRegistry, worst, worstFirst } from './levels.js';

/** Data that etcd has not confirmed for longer is no passing trouble. */
const LONG_STALE = 5 * 60 * 1000;

/** The gateway proves every few seconds that changes reach it; what it calls live without a proof for longer is doubtful. */
const LONG_UNPROVEN = 30 * 1000;

/** A share of failed requests from which traffic counts as affected. */
const AFFECTED = 0.01;

/**
 * @typedef {{kind: string, level: import('./levels.js').Level, text: string, href: string, title?: string}} Reason
 * @typedef {{
 *   now: number,
 *   connection: {mode: string, since: number | null, heardAt: number | null, why: string},
 *   status: any, overview: any, gateways: any, certificates: any, overrides: any[] | null,
 *   held: number, errorRatio: number | null,
 *   statusAge?: number | null, old?: Array<import('./freshness.js').Old & {key: string, known: boolean}>
 * }} View what is known; what was not read yet is null, and so is a ratio without recent requests. What is too old is told in `old`.
 */

/**
 * @param {View} view
 * @returns {{level: import('./levels.js').Level, sentence: string, age: string, reasons: Reason[], title: string}}
 */
export function judge(view) {
	if (view.connection.mode === 'connecting' || (!view.status && view.connection.mode !== 'lost')) {
		return unknown(view);
	}
	const reasons = [
		...oldReasons(view),
		...registryReasons(view),
		...serviceReasons(view),
		...certificateReasons(view),
		...memberReasons(view),
		...gatewayReasons(view),
		...operatorReasons(view),
	].sort((a, b) => worstFirst(a.level, b.level));
	if (view.connection.mode === 'lost') {
		return lost(view, reasons);
	}
	const level = worst(...reasons.map((reason) => reason.level));
	return { level, sentence: sentence(view), age: dataAge(view), reasons, title: reasons[0]?.title ?? reasons[0]?.text ?? 'in order' };
}

/** @param {View} view */
function unknown(view) {
	const why = isOld(view, 'status')?.why;
	return why ? { level: 'unknown', sentence: `The gateway does not say how things stand: ${why}.`.replace(/\.\.$/, '.'), age: '', reasons: [], title: 'not told' }
		: { level: 'unknown', sentence: 'Asking the gateway how things stand.', age: '', reasons: [], title: 'connecting' };
}

/** @param {View} view @param {string} key */
const isOld = ({ old = [] }, key) => old.find((found) => found.key === key);

/** What was not read for long is not known, whatever it was. */
function oldReasons(view) {
	if (view.connection.mode === 'lost') {
		return [];
	}
	return (view.old ?? []).map(({ name, href, age: milliseconds, known, why }) => ({
		kind: 'old', level: 'unknown', href, title: 'old data',
		text: `${name} is ${known ? `${duration(milliseconds)} old` : `not told for ${duration(milliseconds)}`}${why ? `: ${why}` : ''}`,
	}));
}

/** Return for how long a gateway that calls its data live had not proven it when it said so; null when that is not for long. */
function unproven({ status, now, statusAge }) {
	const asOf = instant(status?.asOf);
	if (status?.state !== 'LIVE' || asOf === null) {
		return null;
	}
	const time = now - (statusAge ?? 0) - asOf;
	return time > LONG_UNPROVEN ? time : null;
}

/** @param {View} view @param {Reason[]} reasons */
function lost({ connection, now }, reasons) {
	const since = connection.heardAt;
	const old = since === null ? 'Nothing is known yet' : `What is below is as it was at ${clockTime(since)}`;
	const forHowLong = since === null ? '' : ` for ${duration(now - since)}`;
	return {
		level: 'unknown',
		sentence: `The gateway has not answered this page${forHowLong}. ${old}.`,
		age: connection.why,
		reasons,
		title: 'no answer',
	};
}

function sentence(view) {
	const old = isOld(view, 'status');
	const parts = [old ? `how etcd stands was last told ${age(view.now - old.age, view.now)}` : etcdSentence(view)];
	const byStatus = view.overview?.counts.servicesByStatus;
	if (isOld(view, 'overview')) {
		parts.push('how services stand is not known now');
	} else if (byStatus && view.status.state !== 'EMPTY') {
		parts.push(servicesSentence(view.overview.counts.services, byStatus, view));
	}
	const text = parts.join('; ');
	return `${text.startsWith('etcd') ? text : text.charAt(0).toUpperCase() + text.slice(1)}.`;
}

function etcdSentence(view) {
	const { status, now } = view;
	const doubtful = unproven(view);
	const frozen = status.frozen ? `, frozen by an operator until ${clockTime(instant(status.frozen.until))}` : '';
	const since = instant(status.asOf) ?? instant(status.since);
	switch (status.state) {
		case 'LIVE':
			return doubtful !== null ? `etcd answers, but that endpoints are current was last proven ${duration(doubtful)} ago${frozen}`
				: `etcd answers and endpoints are current${frozen}`;
		case 'STALE':
			return `etcd unreachable for ${duration(now - since)}; serving last known endpoints${frozen}`;
		case 'FROM_DISK':
			return `etcd unreachable since the gateway started ${age(instant(status.since), now)}; serving endpoints saved ${age(since, now)}${frozen}`;
		default:
			return 'etcd unreachable since the gateway started; there are no endpoints to serve yet';
	}
}

function servicesSentence(total, byStatus, view) {
	const down = byStatus.DOWN ?? 0;
	const degraded = byStatus.DEGRADED ?? 0;
	if (total === 0) {
		return 'no service is registered';
	}
	const failing = view.errorRatio !== null && view.errorRatio >= AFFECTED;
	if (down === 0 && degraded === 0) {
		if (failing) {
			return 'no service is down, but requests fail';
		}
		if (view.status.state === 'LIVE') {
			return `all ${count(total, 'service')} healthy`.replace('all 1 service', 'the one service is');
		}
		// Without requests nobody knows what would become of them.
		return view.errorRatio === null ? 'no service is known to be down' : 'traffic unaffected';
	}
	if (total === 1) {
		return `the one service is ${down > 0 ? 'down' : 'degraded'}`;
	}
	const parts = [[down, 'down'], [degraded, 'degraded']].filter(([number]) => number > 0)
		.map(([number, word]) => `${count(number, 'is', 'are')} ${word}`);
	return `of ${count(total, 'service')} ${parts.join(' and ')}`;
}

function dataAge({ status, now }) {
	if (status.state === 'EMPTY' || !status.asOf) {
		return 'There is no data yet.';
	}
	return `Data proven current ${age(instant(status.asOf), now)}.`;
}

function registryReasons(view) {
	const { status, now } = view;
	const doubtful = unproven(view);
	if (doubtful !== null) {
		return [{ kind: 'registry', level: 'warn', href: '#etcd', text: `data not proven current for ${duration(doubtful)}` }];
	}
	if (!status || status.state === 'LIVE') {
		return [];
	}
	const since = instant(status.since);
	const level = status.state === 'STALE' && since !== null && now - since > LONG_STALE ? 'bad' : ofRegistry(status.state);
	return [{
		kind: 'registry', level, href: '#etcd',
		text: `etcd unreachable${since === null ? '' : ` for ${duration(now - since)}`}${status.cause ? `: ${status.cause}` : ''}`,
	}];
}

function memberReasons({ status }) {
	const members = status?.etcd?.endpoints ?? [];
	return members.flatMap((member) => {
		const found = [];
		if (member.healthy === false && status.state === 'LIVE') {
			found.push({ kind: 'member', level: 'warn', href: '#etcd', text: `etcd member ${member.url} does not answer: ${member.lastError}` });
		}
		if (alarms(member).length > 0) {
			found.push({ kind: 'member', level: 'bad', href: '#etcd', text: `etcd member ${member.url} raises ${alarms(member).join(', ')}` });
		}
		return found;
	}).concat(status?.snapshot?.lastError ? [{
		kind: 'registry', level: 'warn', href: '#etcd', text: `the snapshot on disk fails: ${status.snapshot.lastError}`,
	}] : []).concat(status?.overrides?.lastError ? [{
		kind: 'override', level: 'warn', href: '#overrides', text: `overrides are not kept on disk: ${status.overrides.lastError}`,
	}] : []);
}

/** Return the alarms of an etcd member, however its version of the API tells them. */
export function alarms(member) {
	const told = member.alarms ?? member.alarm ?? [];
	return (Array.isArray(told) ? told : [told]).filter((alarm) => alarm && alarm !== 'NONE');
}

function serviceReasons({ overview }) {
	const byStatus = overview?.counts.servicesByStatus ?? {};
	const reasons = [];
	if (byStatus.DOWN > 0) {
		reasons.push({ kind: 'service', level: 'bad', href: '?status=DOWN#services', text: `${count(byStatus.DOWN, 'service')} down` });
	}
	if (byStatus.DEGRADED > 0) {
		reasons.push({ kind: 'service', level: 'warn', href: '?status=DEGRADED#services', text: `${count(byStatus.DEGRADED, 'service')} degraded` });
	}
	return reasons;
}

function certificateReasons({ certificates, now }) {
	const items = certificates?.items ?? [];
	return items.filter((item) => item.status !== 'VALID' && item.role !== 'TRUSTED').map((item) => ({
		kind: 'certificate', level: ofCertificate(item.status), href: '#certificates',
		text: `certificate ${item.bundle} ${certificateWords(item, now)}`,
	})).concat(troubledAuthorities(items).map(({ bundle, level, words }) => ({
		kind: 'certificate', level, href: '#certificates', text: `certificate ${bundle}: ${words}`,
	})));
}

/**
 * Sums up, for each bundle, the authorities that are not valid or not for long.
 * @returns {Array<{bundle: string, level: import('./levels.js').Level, words: string, status: string, notAfter: string, use: any}>}
 */
export function troubledAuthorities(items) {
	const bundles = new Map();
	for (const item of items.filter(({ role }) => role === 'TRUSTED')) {
		bundles.set(item.bundle, [...bundles.get(item.bundle) ?? [], item]);
	}
	return [...bundles].flatMap(([bundle, authorities]) => {
		const troubled = authorities.filter((item) => item.status !== 'VALID');
		if (troubled.length === 0) {
			return [];
		}
		const invalid = troubled.filter((item) => item.status !== 'EXPIRES_SOON');
		const words = [[invalid.length, 'not valid'], [troubled.length - invalid.length, 'about to expire']].filter(([number]) => number > 0)
			.map(([number, what]) => `${number} of ${count(authorities.length, 'authority', 'authorities')} ${what}`).join(', ');
		// When none is left that is valid, nobody can be trusted by this bundle.
		return [{
			bundle, words, level: invalid.length === authorities.length ? 'warn' : 'note', status: (invalid[0] ?? troubled[0]).status,
			notAfter: troubled.map((item) => item.notAfter).sort()[0], use: authorities[0].use,
		}];
	});
}

/** Say how a certificate's time stands. */
export function certificateWords(item, now) {
	const from = instant(item.notBefore);
	const until = instant(item.notAfter);
	if (from !== null && from > now) {
		return `is not valid for another ${duration(from - now)}`;
	}
	if (until === null) {
		return item.status.toLowerCase().replaceAll('_', ' ');
	}
	return until > now ? `expires in ${duration(until - now)}` : `expired ${age(until, now)}`;
}

function gatewayReasons({ gateways }) {
	if (!gateways) {
		return [];
	}
	const lagging = (gateways.items ?? []).filter((gateway) => gateway.lagging);
	return lagging.map((gateway) => ({
		kind: 'gateway', level: 'warn', href: '#gateways',
		text: `gateway ${gateway.instanceId} lags${gateway.revisionsBehind > 0 ? ` by ${count(gateway.revisionsBehind, 'revision')}` : ''}`,
	}));
}

function operatorReasons({ status, held, overrides, now }) {
	const reasons = [];
	if (held > 0) {
		reasons.push({ kind: 'held', level: 'warn', href: '#held', text: `${count(held, 'removal is', 'removals are')} held` });
	}
	if (status?.unreadable > 0) {
		reasons.push({ kind: 'unreadable', level: 'warn', href: '#unreadable', text: `${count(status.unreadable, 'record is', 'records are')} unreadable` });
	}
	if (status?.frozen) {
		reasons.push({
			kind: 'freeze', level: 'warn', href: '#overrides',
			text: `frozen for another ${duration(instant(status.frozen.until) - now)}`,
		});
	}
	const others = (overrides ?? []).filter((override) => override.kind !== 'FREEZE');
	if (others.length > 0) {
		reasons.push({ kind: 'override', level: 'note', href: '#overrides', text: `${count(others.length, 'override is', 'overrides are')} in force` });
	}
	return reasons;
}

/**
 * Say why a service is not healthy, by what the list of services tells.
 * @returns {string} empty when it is healthy
 */
export function whyService(service) {
	const { total, routable, held = 0, ejected = 0, draining = 0 } = service.instances;
	const reasons = [];
	if (service.circuit === 'FORCED_OPEN') {
		reasons.push('an operator keeps its circuit open');
	} else if (service.circuit === 'OPEN') {
		reasons.push('its circuit is open');
	} else if (service.circuit === 'HALF_OPEN') {
		reasons.push('its circuit is half open');
	}
	if (total === 0) {
		reasons.push('no instance is registered');
	} else if (ejected > 0) {
		reasons.push(ejected === total ? `all of its ${count(total, 'instance')} ejected`.replace('all of its 1 instance', 'its one instance is')
			: `${ejected} of ${total} ejected`);
	}
	if (draining > 0) {
		reasons.push(`${draining} of ${total} draining`);
	}
	if (total > 0 && routable === 0 && ejected < total && draining < total) {
		reasons.push('no instance takes requests');
	}
	if (held > 0) {
		reasons.push(count(held, 'removal held', 'removals held'));
	}
	if (service.status === 'STALE' && reasons.length === 0) {
		reasons.push('etcd does not answer');
	}
	return reasons.join(', ');
}
