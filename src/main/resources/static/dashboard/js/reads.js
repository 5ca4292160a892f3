/** What is asked for again and again while it is looked at, and where it goes. */

import { ApiError, query, servicePath } from './api.js';
import { byId } from './dom.js';
import { heldKey } from './model.js';
import { createPoll } from './poll.js';
import { setAbsent, whyAbsent } from './views/common.js';

/** Services whose traffic comes in one read; that of others is asked for by name. */
const TRAFFIC_SIZE = 200;

/** So many are asked for by name at a time. */
const TRAFFIC_NAMES = 30;

/** Without an answer from the gateway only one thing is asked, and at least as often as this. */
const MAX_BACKOFF_LOST = 8000;

/** What the verdict rests on, and how often each is asked for, in milliseconds. */
export const SUBJECTS = {
	status: { name: 'how etcd stands', href: '#etcd', every: 2500 },
	overview: { name: 'how services stand', href: '#services', every: 3000 },
	gateways: { name: 'what gateways report', href: '#gateways', every: 4000 },
	certificates: { name: 'what is known of certificates', href: '#certificates', every: 60000 },
	overrides: { name: 'what is known of overrides', href: '#overrides', every: 4000 },
	traffic: { name: 'what is known of traffic', href: '#traffic', every: 5000 },
};

/** How often something is asked for, and that it does not become old because one answer took long. */
const often = (name) => ({ every: SUBJECTS[name].every, atMost: SUBJECTS[name].every * 2 });

/**
 * @param {Record<string, any>} page the parts of the page that reads go to
 * @returns {{polls: Record<string, ReturnType<typeof createPoll>>, readEarlierChanges: () => Promise<void>}}
 */
export function createReads({ api, clock, model, link, known, views, address, frames, freshness, gatewayAnswers, report, showToken }) {
	/** A read that keeps what it brings, and draws it. */
	const kept = (name, path, part) => poll({
		read: () => api.get(path), ...often(name),
		apply: (data) => {
			known[name] = data;
			freshness.read(name);
			frames.mark(part, 'verdict');
		},
		failed: failedFor(part, name),
	});

	const polls = {
		status: createPoll({
			read: () => api.get('registry/status'), ...often('status'), maxBackoff: MAX_BACKOFF_LOST, failed: failedFor('etcd', 'status'),
			apply: (status) => {
				known.status = status;
				freshness.read('status');
				// While there is a stream, it alone says who answers: a load balancer may have had another one asked.
				if (link.mode !== 'live' && known.gateway?.instanceId !== status.instanceId) {
					gatewayAnswers({ instanceId: status.instanceId, version: status.version ?? '' });
				}
				if (link.mode !== 'live') {
					model.replace({ standing: status });
				}
				if (status.unreadable > 0 && byId('unreadable').hidden) {
					polls.unreadable.now();
				}
				frames.mark('etcd', 'verdict');
			},
		}),
		overview: kept('overview', 'registry', 'services'),
		gateways: kept('gateways', 'registry/gateways', 'gateways'),
		certificates: kept('certificates', 'registry/certificates?size=1000', 'certificates'),
		overrides: poll({
			read: () => api.get('registry/overrides?size=1000'), ...often('overrides'), failed: failedFor('overrides', 'overrides'),
			apply: (page) => {
				known.overrides = page.items;
				freshness.read('overrides');
				frames.mark('overrides', 'verdict');
			},
		}),
		services: poll({
			read: readServices, every: 3000, failed: failedFor('services'),
			apply: (page) => {
				views.services.take(page);
				frames.mark('services');
			},
		}),
		traffic: poll({
			read: readTraffic, ...often('traffic'), failed: failedFor('traffic', 'traffic'),
			apply: (traffic) => {
				known.traffic = traffic;
				freshness.read('traffic');
				frames.mark('traffic', 'services', 'verdict');
			},
		}),
		detail: poll({
			read: () => ofOpened((name) => api.get(`${servicePath(name)}?traffic=true`)), every: 2000, atLeast: 500, maxBackoff: 10000,
			enabled: () => address.current.service !== '',
			apply: (detail) => {
				if (detail) {
					known.detail = detail;
					frames.mark('service');
				}
			},
			failed: (error) => {
				expected(error);
				views.service.failed(error.code === 'unknown-service' ? 'No service has this name.' : whyAbsent(error));
			},
		}),
		history: poll({
			read: () => ofOpened((name) => api.get(`${servicePath(name, 'history')}?size=50`)), every: 5000, maxBackoff: 10000,
			enabled: () => address.current.service !== '' && views.service.historyShown,
			apply: (page) => page && views.service.updateHistory(page, clock.now()),
			failed: expected,
		}),
		held: poll({
			read: () => api.get('registry/held?size=200'), every: 3000, failed: failedFor('held'),
			enabled: () => model.heldCount > 0 || (known.status?.held ?? 0) > 0 || link.mode !== 'live',
			apply: (page) => {
				known.held = new Map(page.items.map((removal) => [heldKey(removal.service, removal.instance), removal]));
				if (link.mode !== 'live') {
					model.replace({ held: page.items });
				}
				frames.mark('held', 'verdict');
			},
		}),
		journal: poll({
			read: readJournal, every: 4000, failed: failedFor('changes'),
			enabled: () => views.changes.query() !== null || link.mode === 'polling',
			apply: () => frames.mark('changes'),
		}),
		unreadable: poll({
			read: () => api.get('registry/unreadable?size=100'), every: 10000, failed: expected,
			enabled: () => (known.status?.unreadable ?? 0) > 0 || !byId('unreadable').hidden,
			apply: (page) => views.etcd.updateUnreadable(page),
		}),
	};

	return { polls, readEarlierChanges };

	/** A read that rests while the gateway does not answer: then one alone asks whether it does again. */
	function poll({ enabled = () => true, ...options }) {
		return createPoll({ ...options, enabled: () => link.mode !== 'lost' && enabled() });
	}

	/** Return what is read of the service that is open; null when another one is by the time that it comes. */
	async function ofOpened(read) {
		const name = address.current.service;
		try {
			const found = await read(name);
			return name === address.current.service ? found : null;
		} catch (error) {
			if (name !== address.current.service && error instanceof ApiError) {
				return null;
			}
			throw error;
		}
	}

	async function readServices() {
		const { q, status, sort, page, size } = address.current;
		return api.get(`registry/services${query({ q, status, sort, page, size, traffic: 'true' })}`);
	}

	/** Traffic is in the order of its amount, so that what is missing has little or none. */
	async function readTraffic() {
		const traffic = await api.get(`registry/traffic?sort=-requests&size=${TRAFFIC_SIZE}`);
		if (!Array.isArray(traffic.total?.requests)) {
			throw new ApiError(200, { title: 'Unknown answer', detail: 'This page does not know how the gateway tells traffic.' });
		}
		const courses = new Map(traffic.items.map((item) => [item.name, item]));
		if (traffic.items.length === TRAFFIC_SIZE) {
			const missing = views.services.names().filter((name) => !courses.has(name)).slice(0, TRAFFIC_NAMES);
			for (const name of missing) {
				const found = await api.get(`registry/traffic${query({ q: name, size: 20 })}`);
				const item = found.items.find((candidate) => candidate.name === name);
				if (item) {
					courses.set(name, item);
				}
			}
		}
		known.courses = courses;
		return traffic;
	}

	/** What changed before this page was opened stands there from the start. */
	async function readEarlierChanges() {
		try {
			const page = await api.get('registry/journal?size=50');
			model.addEarlierChanges([...page.items].reverse());
			frames.mark('changes');
		} catch (error) {
			expected(error);
		}
	}

	async function readJournal() {
		const asked = views.changes.query();
		if (asked !== null) {
			views.changes.take(await api.get(`registry/journal${query(asked)}`));
		}
		if (link.mode === 'polling') {
			const fresh = model.lastSequence === 0 ? await api.get('registry/journal?size=50')
				: await api.get(`registry/journal${query({ after: model.lastSequence, size: 200 })}`);
			model.addChanges([...fresh.items].reverse());
		}
	}

	function expected(error) {
		if (!(error instanceof ApiError)) {
			report(error);
		}
		showToken();
	}

	/** Says in a panel why it cannot be renewed; that the gateway does not answer at all stands on top. */
	function failedFor(part, subject = '') {
		return (error) => {
			expected(error);
			const absent = error instanceof ApiError && error.absent;
			freshness.failed(subject, error.status === 0 ? '' : error.message, absent);
			if (absent && subject) {
				// It may have been there in an earlier version of the gateway.
				known[subject] = null;
			}
			if (error instanceof ApiError && error.status !== 0) {
				setAbsent(part, part === 'traffic' ? whyAbsent(error).replace('Not', 'Traffic is not') : whyAbsent(error));
			}
			frames.mark('verdict');
		};
	}
}
