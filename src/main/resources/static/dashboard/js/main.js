/** Puts the page together: what is read, how often, and what is drawn when it has come. */

import { createAddress } from './address.js';
import { ApiError, createApi, query, servicePath } from './api.js';
import { createClock } from './clock.js';
import { byId, setAttribute, setText, show } from './dom.js';
import { clockTime, count, whole } from './format.js';
import { createFrames } from './frames.js';
import { createLink } from './link.js';
import { createModel, heldKey } from './model.js';
import { createPoll } from './poll.js';
import { createStream } from './stream.js';
import { startTips } from './tip.js';
import { judge } from './verdict.js';
import { createChangesView } from './views/changes.js';
import { setAbsent, whyAbsent } from './views/common.js';
import { createHeldView, createOverridesView } from './views/operators.js';
import { createCertificatesView, createEtcdView, createGatewaysView } from './views/platform.js';
import { createRoutesView } from './views/routes.js';
import { createServiceView } from './views/service.js';
import { createServicesView } from './views/services.js';
import { createTrafficView, recentErrorRatio } from './views/traffic.js';
import { createVerdictView } from './views/verdict.js';
import { createWriteDialog } from './write-dialog.js';

/** Services whose traffic comes in one read; that of others is asked for by name. */
const TRAFFIC_SIZE = 200;

/** So many are asked for by name at a time. */
const TRAFFIC_NAMES = 30;

/** More changes than so many at once are drawn once a second: nobody could read them sooner. */
const FEW_CHANGES = 20;

/** The reads that tell whether the gateway is there: one of another kind that came late must not outweigh them. */
const TELLING = /^registry\/(status|state|events)$/;

/** A clock that jumps by more than this is that of a machine that slept. */
const SLEPT = 8000;

const report = (error) => document.dispatchEvent(new CustomEvent('dashboard-error', { detail: error }));

const clock = createClock();
const link = createLink({ hidden: () => document.hidden });
const model = createModel();
const api = createApi({
	clock,
	onHeard: (path) => {
		if (TELLING.test(path)) {
			if (link.mode === 'lost') {
				hurry('');
			}
			link.heard();
		}
	},
	onSilent: (why, path) => {
		if (TELLING.test(path)) {
			link.silent(why);
			frames.mark('verdict');
		} else {
			polls.status.soon(0);
		}
	},
});

/** What was read last; null while it was not. */
const known = {
	status: null, overview: null, gateways: null, certificates: null, overrides: null, traffic: null, detail: null,
	held: new Map(), courses: new Map(), gateway: null,
};

/** Which change was drawn last, and when. */
const changesDrawn = { sequence: 0, at: 0 };

const frames = createFrames(draw);
const address = createAddress(addressChanged);
const act = (kind, target) => dialog.open(kind, target);
const open = (name) => address.go({ service: name }, { step: true });

const views = {
	verdict: createVerdictView(),
	etcd: createEtcdView(),
	gateways: createGatewaysView(),
	certificates: createCertificatesView(),
	traffic: createTrafficView(),
	services: createServicesView({ address, model, open }),
	service: createServiceView({
		act, close: () => address.go({ service: '' }, { step: true }), historyOpened: () => polls.history.now(),
	}),
	held: createHeldView({ act, open }),
	overrides: createOverridesView({ act, open }),
	changes: createChangesView({
		model, open, ask: () => {
			polls.journal.now();
			frames.mark('changes');
		},
	}),
};
createRoutesView({ api });

const dialog = createWriteDialog({
	api,
	cluster: () => ({
		available: known.gateways?.available === true, reason: known.gateways?.reason ?? '', several: (known.gateways?.items?.length ?? 0) > 1,
	}),
	onDone: () => Object.values(polls).forEach((poll) => poll.now()),
	onToken: showToken,
});

/** A read that keeps what it brings, and draws it. */
const kept = (name, path, part, options) => createPoll({
	read: () => api.get(typeof path === 'function' ? path() : path),
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

const stream = createStream({
	api, model,
	listener: {
		onOpen: (gateway) => {
			link.opened();
			gatewayAnswers(gateway);
			frames.mark('verdict');
		},
		onHeard: () => link.heard(),
		onChanged: modelChanged,
		onClosed: (why) => {
			link.closed(why);
			polls.status.now();
			frames.mark('verdict');
		},
		onError: report,
	},
});

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

/** The gateway that answers; another one, or a newer one, is made known. */
function gatewayAnswers(gateway) {
	const before = known.gateway;
	known.gateway = gateway;
	setAttribute(document.body, 'data-instance-id', gateway.instanceId);
	setText(byId('identity'), `${gateway.instanceId} · ${gateway.version}`);
	if (before && before.instanceId !== gateway.instanceId) {
		const newer = before.version !== gateway.version;
		setText(byId('restarted-text'), `Since ${clockTime(Date.now())} ${gateway.instanceId} answers, before it was ${before.instanceId}: the gateway was started anew, or this is another one.`
			+ `${newer ? ` It runs ${gateway.version}; this page came from ${before.version}.` : ''}`);
		show(byId('reload'), newer);
		show(byId('restarted'), true);
		Object.values(polls).forEach((poll) => poll.soon(50));
		readEarlierChanges();
	}
}

/** Marks what events have changed, and asks for what is shown of it. */
function modelChanged() {
	const { names, all } = model.takeTouched();
	if (all || views.services.names().some((name) => names.has(name)) || namesMatter(names)) {
		polls.services.soon();
		polls.overview.soon(400);
	}
	if (all || names.has(address.current.service)) {
		polls.detail.soon();
		polls.history.soon();
	}
	if (all) {
		polls.overrides.soon();
	}
	if (known.status && model.standing && (known.status.state !== model.standing.state || (known.status.frozen === null) !== (model.standing.frozen === null))) {
		polls.status.soon(0);
		polls.services.soon();
	}
	if (model.lastSequence - changesDrawn.sequence < FEW_CHANGES || performance.now() - changesDrawn.at > 1000) {
		frames.mark('changes');
	}
	frames.mark('held', 'verdict');
}

/** What is not on the page may belong there: a service that has just lost its last instance is the worst of all. */
function namesMatter(names) {
	for (const name of names) {
		const service = model.service(name);
		if (!service || service.instances.size === 0 || views.services.names().length < Number(address.current.size)) {
			return true;
		}
	}
	return false;
}

function expected(error) {
	if (!(error instanceof ApiError)) {
		report(error);
	}
	showToken();
}

/** Says in a panel why it cannot be renewed; that the gateway does not answer at all stands on top. */
function failedFor(part) {
	const id = { etcd: 'etcd', services: 'services' }[part] ?? part;
	return (error) => {
		expected(error);
		if (error instanceof ApiError && error.status !== 0) {
			setAbsent(id, part === 'traffic' ? whyAbsent(error).replace('Not', 'Traffic is not') : whyAbsent(error));
		}
		frames.mark('verdict');
	};
}

function showToken() {
	show(byId('forget-token'), api.hasToken);
	show(byId('enter-token'), api.tokenRequired && !api.hasToken);
}

/** @param {Set<string>} parts */
function draw(parts) {
	const now = clock.now();
	drawVerdict(now);
	if (document.hidden) {
		// What was not drawn is drawn when the page is looked at again.
		return;
	}
	for (const part of parts) {
		try {
			DRAWN[part]?.(now);
		} catch (error) {
			// One panel that cannot be drawn must not keep the others old.
			report(error);
		}
	}
}

/** How each part is drawn, when there is something to draw. */
const DRAWN = {
	etcd: (now) => known.status && views.etcd.update(known.status, now),
	gateways: (now) => known.gateways && views.gateways.update(known.gateways, now),
	certificates: (now) => known.certificates && views.certificates.update(known.certificates, now),
	traffic: () => known.traffic && views.traffic.update(known.traffic),
	services: () => views.services.update({
		traffic: known.courses, stepSeconds: known.traffic?.stepSeconds ?? 10, byStatus: known.overview?.counts.servicesByStatus ?? null,
	}),
	service: (now) => known.detail && address.current.service && views.service.update(known.detail, now),
	held: (now) => views.held.update(model.held(), known.held, now),
	overrides: (now) => views.overrides.update(known.overrides ?? [], model.standing ?? known.status, now),
	changes: (now) => {
		views.changes.update(now);
		changesDrawn.sequence = model.lastSequence;
		changesDrawn.at = performance.now();
	},
	totals: drawTotals,
};

function drawVerdict(now) {
	const { mode } = link;
	const verdict = judge({
		now,
		connection: { mode, why: mode === 'lost' && link.why ? `Last attempt: ${link.why}.` : '', heardAt: link.heardAt === null ? null : link.heardAt + clock.offset },
		status: known.status, overview: known.overview, gateways: known.gateways, certificates: known.certificates, overrides: known.overrides,
		held: Math.max(model.heldCount, mode === 'live' ? 0 : known.status?.held ?? 0),
		errorRatio: known.traffic ? recentErrorRatio(known.traffic) : null,
	});
	setAttribute(document.body, 'data-connection', mode);
	setText(byId('connection'), {
		connecting: 'connecting', live: 'live', polling: 'asking every few seconds: no event stream', lost: 'no answer from the gateway',
	}[mode]);
	views.verdict.update(verdict, mode);
}

function drawTotals() {
	const { services, instances } = link.mode === 'live' || !known.status ? model.totals : known.status;
	setText(byId('event-id'), model.eventId === null ? '–' : String(model.eventId));
	setAttribute(document.body, 'data-event-id', model.eventId ?? '');
	setText(byId('totals'), `${count(services, 'service')}, ${whole(instances)} instance${instances === 1 ? '' : 's'}`);
	for (const place of document.querySelectorAll('[data-link]')) {
		const path = known.overview?.links?.[place.dataset.link];
		show(place, Boolean(path));
	}
}

/** The first address is where the page is, and no step to it. */
let stepping = false;

function addressChanged(now, before) {
	views.services.showAddress();
	setAttribute(document.documentElement, 'data-theme', now.theme === 'auto' ? null : now.theme);
	byId('theme').value = now.theme;
	if (['q', 'status', 'sort', 'page', 'size'].some((name) => now[name] !== before[name])) {
		polls.services.now();
	}
	if (now.service !== before.service) {
		known.detail = null;
		if (now.service) {
			views.service.open(now.service, stepping);
			polls.detail.now();
			polls.history.now();
		} else {
			views.service.close();
			document.querySelector(`#services-table tr[data-service="${CSS.escape(before.service)}"] button`)?.focus({ preventScroll: true });
		}
		frames.mark('services');
	}
}

/** Links of reasons go where they say without loading the page. */
function followLink(event) {
	const target = event.target.closest?.('a[data-reason]');
	if (!target || event.ctrlKey || event.metaKey || event.shiftKey) {
		return;
	}
	event.preventDefault();
	const url = new URL(target.href);
	const status = url.searchParams.get('status');
	if (status !== null) {
		address.go({ status, q: '', page: '0', sort: '-status' }, { step: true });
	}
	const place = document.getElementById(url.hash.slice(1));
	if (place instanceof HTMLDetailsElement) {
		place.open = true;
	}
	place?.scrollIntoView({ block: 'start' });
	place?.setAttribute('tabindex', '-1');
	place?.focus({ preventScroll: true });
}

/** Ages and countdowns go on by themselves; a machine that slept must not show what it knew before. */
function tick() {
	let last = Date.now();
	setInterval(() => {
		const now = Date.now();
		if (Math.abs(now - last) > SLEPT && !document.hidden) {
			hurry('the machine slept');
		}
		last = now;
		frames.mark('verdict', 'etcd', 'gateways', 'held', 'overrides', 'totals');
		if (model.lastSequence !== changesDrawn.sequence) {
			frames.mark('changes');
		}
	}, 1000);
}

function hurry(why) {
	if (why) {
		stream.restart(why);
	}
	stream.hurry();
	Object.values(polls).forEach((poll) => poll.soon(0));
}

function start() {
	byId('refresh').addEventListener('click', () => act('refresh', {}));
	byId('reconnect').addEventListener('click', () => act('reconnect', {}));
	byId('theme').addEventListener('change', () => address.go({ theme: byId('theme').value }));
	byId('reload').addEventListener('click', () => location.reload());
	byId('restarted-seen').addEventListener('click', () => show(byId('restarted'), false));
	byId('enter-token').addEventListener('click', () => act('token', {}));
	byId('forget-token').addEventListener('click', () => {
		api.forgetToken();
		showToken();
	});
	document.addEventListener('click', followLink);
	document.addEventListener('visibilitychange', () => {
		if (!document.hidden) {
			frames.mark('etcd', 'gateways', 'certificates', 'traffic', 'services', 'service', 'held', 'overrides', 'changes', 'totals', 'verdict');
			Object.values(polls).forEach((poll) => poll.soon(0));
			stream.hurry();
		}
	});
	window.addEventListener('online', () => hurry('the network came back'));
	startTips();
	addressChanged(address.current, { ...address.current, service: '' });
	stepping = true;
	frames.mark('changes', 'verdict');
	readEarlierChanges();
	Object.values(polls).forEach((poll) => poll.start());
	stream.start();
	tick();
}

start();
