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

/**
 * @param {Record<string, any>} page the parts of the page that reads go to
 * @returns {{polls: Record<string, ReturnType<typeof createPoll>>, readEarlierChanges: () => Promise<void>}}
 */
export function createReads({ api, clock, model, link, known, views, address, frames, gatewayAnswers, report, showToken }) {
	/** A read that keeps what it brings, and draws it. */
	const kept = (name, path, part, options) => createPoll({
		read: () => api.get(path),
		apply: (data) => {
			known[name] = data;
			frames.mark(part, 'verdict');
		},
		failed: failedFor(part),
		...options,
	});

	const polls = {
		status: createPoll({
			read: () => api.get('registry/status'), every: 2500, failed: failedFor('etcd'),
			apply: (status) => {
				known.status = status;
				if (known.gateway?.instanceId !== status.instanceId) {
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
		overview: kept('overview', 'registry', 'services', { every: 3000 }),
		gateways: kept('gateways', 'registry/gateways', 'gateways', { every: 4000 }),
		certificates: kept('certificates', 'registry/certificates?size=1000', 'certificates', { every: 60000 }),
		overrides: createPoll({
			read: () => api.get('registry/overrides?size=1000'), every: 4000, failed: failedFor('overrides'),
			apply: (page) => {
				known.overrides = page.items;
				frames.mark('overrides', 'verdict');
			},
		}),
		services: createPoll({
			read: readServices, every: 3000, failed: failedFor('services'),
			apply: (page) => {
				views.services.take(page);
				frames.mark('services');
			},
		}),
		traffic: createPoll({
			read: readTraffic, every: 5000, failed: failedFor('traffic'),
			apply: (traffic) => {
				known.traffic = traffic;
				frames.mark('traffic', 'services', 'verdict');
			},
		}),
		detail: createPoll({
			read: () => api.get(`${servicePath(address.current.service)}?traffic=true`), every: 2000, atLeast: 500,
			enabled: () => address.current.service !== '',
			apply: (detail) => {
				known.detail = detail;
				frames.mark('service');
			},
			failed: (error) => {
				expected(error);
				views.service.failed(error.code === 'unknown-service' ? 'No service has this name.' : whyAbsent(error));
			},
		}),
		history: createPoll({
			read: () => api.get(`${servicePath(address.current.service, 'history')}?size=50`), every: 5000,
			enabled: () => address.current.service !== '' && views.service.historyShown,
			apply: (page) => views.service.updateHistory(page, clock.now()),
			failed: expected,
		}),
		held: createPoll({
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
		journal: createPoll({
			read: readJournal, every: 4000, failed: failedFor('changes'),
			enabled: () => views.changes.query() !== null || link.mode === 'polling',
			apply: () => frames.mark('changes'),
		}),
		unreadable: createPoll({
			read: () => api.get('registry/unreadable?size=100'), every: 10000, failed: expected,
			enabled: () => (known.status?.unreadable ?? 0) > 0 || !byId('unreadable').hidden,
			apply: (page) => views.etcd.updateUnreadable(page),
		}),
	};

	return { polls, readEarlierChanges };

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
	function failedFor(part) {
			return (error) => {
			expected(error);
			if (error instanceof ApiError && error.status !== 0) {
				setAbsent(part, part === 'traffic' ? whyAbsent(error).replace('Not', 'Traffic is not') : whyAbsent(error));
			}
			frames.mark('verdict');
		};
	}
}
