/** etcd, the gateways side by side, and certificates. */

import { byId, cell, createList, h, setAttribute, setText, setTip, show } from '../dom.js';
import { age, clockTime, count, date, duration, instant, revision } from '../format.js';
import { ofCertificate, ofRegistry, worst, worstFirst } from '../levels.js';
import { alarms, certificateWords, troubledAuthorities } from '../verdict.js';
import { markedWord, setFilled, setLevel, Words, words } from './common.js';

export function createEtcdView() {
	const state = markedWord();
	byId('etcd-state').replaceChildren(state.node);
	const members = createList(byId('etcd-members').tBodies[0], createMember);
	return {
		update(status, now) {
			setFilled('etcd');
			const { etcd } = status;
			state.update(ofRegistry(status.state), status.state === 'LIVE' ? 'LIVE' : `${status.state} for ${duration(now - instant(status.since))}`);
			setTip(byId('etcd-state'), status.cause || null);
			setAttribute(byId('etcd-state'), 'data-state', status.state);
			setText(byId('etcd-revision'), revision(etcd.revision));
			setTip(byId('etcd-revision'), etcd.clusterId ? `Cluster ${etcd.clusterId}, generation ${etcd.generation} of this gateway's connection.` : null);
			setText(byId('etcd-reconnects'), String(etcd.reconnects));
			const { snapshot } = status;
			setText(byId('snapshot'), !snapshot ? 'none kept' : snapshot.lastError ? `fails: ${snapshot.lastError}`
				: snapshot.savedAt ? `saved ${age(instant(snapshot.savedAt), now)}` : 'not yet saved');
			setTip(byId('snapshot'), snapshot ? `${snapshot.path}, revision ${revision(snapshot.revision)}` : null);
			members.update(etcd.endpoints, (member) => member.url);
			setLevel(byId('etcd'), worst(ofRegistry(status.state), ...etcd.endpoints.map(memberLevel), snapshot?.lastError ? 'warn' : 'ok',
				status.unreadable > 0 ? 'warn' : 'ok'));
		},
		updateUnreadable(page) {
			const place = byId('unreadable');
			show(place, page.total > 0);
			setText(byId('unreadable-count'), `${count(page.total, 'record is', 'records are')} unreadable`);
			place.querySelector('ul').replaceChildren(...page.items.map((record) => h('li', {},
				h('span', { class: 'code', text: record.key }), h('span', { class: 'sub', 'data-level': 'warn', text: `${record.reason} (revision ${record.modRevision})` }))));
		},
	};
}

function memberLevel(member) {
	if (alarms(member).length > 0) {
		return 'bad';
	}
	return member.healthy === true ? 'ok' : member.healthy === false ? 'warn' : 'unknown';
}

function createMember(first) {
	const name = markedWord();
	const error = h('span', { class: 'sub', 'data-level': 'warn' });
	const version = cell('version');
	const alarm = cell('alarm');
	const node = h('tr', { 'data-member': first.url }, h('th', { scope: 'row', 'data-cell': 'member', class: 'breakable' }, name.node, error), version, alarm);
	return {
		node,
		update(member) {
			const level = memberLevel(member);
			setAttribute(node, 'data-level', level);
			name.update(level, member.url.replace(/^https?:\/\//, ''));
			setText(error, member.healthy === false ? member.lastError || 'does not answer' : member.healthy === true ? '' : 'not yet contacted');
			show(error, error.textContent !== '');
			setText(version, member.version || '–');
			setText(alarm, alarms(member).join(', ') || 'none');
		},
	};
}

export function createGatewaysView() {
	const list = createList(byId('gateways-table').tBodies[0], createGateway);
	return {
		update(gateways, now) {
			setFilled('gateways');
			list.update((gateways.items ?? []).map((gateway) => ({ ...gateway, now })), (gateway) => gateway.instanceId);
			const lagging = (gateways.items ?? []).filter((gateway) => gateway.lagging).length;
			setText(byId('gateways-note'), gateways.available === false ? `only this one is known: ${gateways.reason}`
				: lagging > 0 ? `${count(lagging, 'lags', 'lag')} behind` : '');
			setLevel(byId('gateways'), worst(...(gateways.items ?? []).map(gatewayLevel), gateways.available === false ? 'note' : 'ok'));
		},
	};
}

function gatewayLevel(gateway) {
	return worst(gateway.lagging ? 'warn' : 'ok', gateway.state ? ofRegistry(gateway.state) : 'unknown');
}

function createGateway() {
	const name = h('span', { class: 'breakable' });
	const self = h('span', { class: 'badge', 'data-level': 'note', text: 'answers' });
	const more = h('span', { class: 'sub' });
	const state = markedWord();
	const at = cell('revision', { class: 'right figure' });
	const reported = cell('reported', { class: 'right' });
	const node = h('tr', {}, h('th', { scope: 'row', 'data-cell': 'gateway' }, name, ' ', self, more), cell('state', {}, state.node), at, reported);
	return {
		node,
		update(gateway) {
			setAttribute(node, 'data-instance-id', gateway.instanceId);
			setAttribute(node, 'data-lagging', String(Boolean(gateway.lagging)));
			setAttribute(node, 'data-self', String(Boolean(gateway.self)));
			setAttribute(node, 'data-level', gatewayLevel(gateway));
			setText(name, gateway.instanceId);
			show(self, Boolean(gateway.self));
			const started = instant(gateway.startedAt);
			setText(more, [gateway.host ? `${gateway.host}:${gateway.adminPort}` : '', gateway.version ?? '', started ? `up ${duration(gateway.now - started)}` : '']
				.filter(Boolean).join(' · '));
			state.update(gatewayLevel(gateway), gateway.lagging ? 'Lags' : Words(gateway.state ?? 'unknown'));
			setText(at, gateway.revisionsBehind > 0 ? `${revision(gateway.revision)} (−${gateway.revisionsBehind})` : revision(gateway.revision));
			const told = instant(gateway.reportedAt);
			setText(reported, told ? age(told, gateway.now) : '–');
		},
	};
}

/** The rest of a chain is shown when something is wrong with it; authorities by which others are judged are summed up. */
const isShown = (certificate) => certificate.role !== 'TRUSTED' && (certificate.status !== 'VALID' || !certificate.position);

/** So many rows have room. */
const MAX_CERTIFICATES = 12;

export function createCertificatesView() {
	const list = createList(byId('certificates-table').tBodies[0], createCertificate);
	return {
		update(certificates, now) {
			setFilled('certificates');
			const items = certificates.items ?? [];
			const own = items.filter(isShown).map((certificate) => ({ ...certificate, level: ofCertificate(certificate.status) }));
			const authorities = troubledAuthorities(items).map((sum) => ({ ...sum, role: 'TRUSTED', subject: sum.words }));
			const ordered = [...own, ...authorities].sort((a, b) => worstFirst(a.level, b.level) || a.notAfter.localeCompare(b.notAfter));
			const shown = ordered.slice(0, MAX_CERTIFICATES);
			list.update(shown.map((certificate) => ({ ...certificate, now })), certificateKey);
			const rest = items.filter((certificate) => certificate.status === 'VALID' && !isShown(certificate)).length;
			const unseen = ordered.length - shown.length;
			setText(byId('certificates-empty'), [unseen > 0 ? `${count(unseen, 'more is', 'more are')} in registry/certificates.` : '',
				rest > 0 ? `${count(rest, 'other certificate is', 'other certificates are')} of chains and trust stores, and valid.` : ''].filter(Boolean).join(' ')
				|| 'No certificate is loaded: everything is in clear text.');
			show(byId('certificates-empty'), items.length === 0 || rest > 0 || unseen > 0);
			show(byId('certificates-table'), shown.length > 0);
			setLevel(byId('certificates'), worst(...ordered.map((certificate) => certificate.level)));
		},
	};
}

const certificateKey = (certificate) => [certificate.bundle, certificate.role, certificate.position, certificate.serialNumber, certificate.subject].join('\n');

function createCertificate() {
	const name = markedWord();
	const subject = h('span', { class: 'sub' });
	const use = cell('use');
	const expiry = cell('expiry', { class: 'right' });
	const node = h('tr', {}, h('th', { scope: 'row', 'data-cell': 'certificate', class: 'breakable' }, name.node, subject), use, expiry);
	return {
		node,
		update(certificate) {
			const { level } = certificate;
			setAttribute(node, 'data-bundle', certificate.bundle);
			setAttribute(node, 'data-status', certificate.status);
			setAttribute(node, 'data-level', level);
			name.update(level, certificate.bundle);
			setText(subject, certificate.subject);
			setTip(subject, certificate.issuer && `Issued by ${certificate.issuer}${certificate.names?.length ? `, for ${certificate.names.join(', ')}` : ''}`);
			setText(use, [].concat(certificate.use ?? []).map(words).join(', '));
			const { issuer, notBefore, notAfter } = certificate;
			setText(expiry, issuer ? certificateWords(certificate, certificate.now).replace(/^expires /, '') : '');
			const until = issuer ? instant(notAfter) : null;
			setTip(expiry, until ? `Valid from ${date(instant(notBefore))} until ${date(until)} ${clockTime(until)}` : null);
		},
	};
}
