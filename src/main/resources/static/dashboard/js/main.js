/** Puts the page together: what is read, how often, and what is drawn when it has come. */

import { endOf } from './actions.js';
import { createAddress } from './address.js';
import { createApi } from './api.js';
import { createClock } from './clock.js';
import { byId, setAttribute, setText, show } from './dom.js';
import { clockTime, count } from './format.js';
import { createFrames } from './frames.js';
import { createFreshness } from './freshness.js';
import { createLink } from './link.js';
import { createModel } from './model.js';
import { createReads, SUBJECTS } from './reads.js';
import { createStream } from './stream.js';
import { startTips } from './tip.js';
import { judge } from './verdict.js';
import { createChangesView } from './views/changes.js';
import { createHeldView, createOverridesView, MAX_SHOWN } from './views/operators.js';
import { createCertificatesView, createEtcdView, createGatewaysView } from './views/platform.js';
import { createRoutesView } from './views/routes.js';
import { createServiceView } from './views/service.js';
import { createServicesView } from './views/services.js';
import { createTrafficView, evidentErrorRatio } from './views/traffic.js';
import { createVerdictView } from './views/verdict.js';
import { createWriteDialog } from './write-dialog.js';

/** More changes than so many at once are drawn once a second: nobody could read them sooner. */
const FEW_CHANGES = 20;

/** The reads that tell whether the gateway is there: one of another kind that came late must not outweigh them. */
const TELLING = /^registry\/(status|state|events)$/;

/** Within so long all that was missed is asked for: many pages may have missed it at the same moment. */
const CATCHING_UP = 2000;

/** A page that nobody looks at for so long gives up its stream, since a browser has few connections to one gateway. */
const LEFT = 30000;

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
	onRefused: (why, path) => {
		if (TELLING.test(path)) {
			link.refused(why);
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
const freshness = createFreshness(SUBJECTS, { hidden: () => document.hidden });
const act = (kind, target) => dialog.open(kind, { ...target, scope: target.scope ?? scopeOf(kind, target) });
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

const { polls, readEarlierChanges } = createReads({ api, clock, model, link, known, views, address, frames, freshness, gatewayAnswers, report, showToken });

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

/** Return where what is to be ended was set; what is set on one gateway goes before what is set on all. */
function scopeOf(kind, { service, instance }) {
	const ended = (known.overrides ?? []).filter((override) => endOf(override.kind) === kind
		&& (kind === 'unfreeze' || (override.service === service && (kind === 'circuit-reset' || override.instance === instance))));
	return (ended.find(({ scope }) => scope === 'LOCAL') ?? ended[0])?.scope;
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
		model.forgetChanges();
		catchUp();
		readEarlierChanges();
	}
}

function catchUp() {
	Object.values(polls).forEach((poll) => poll.soon(50 + Math.random() * CATCHING_UP));
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
	traffic: (now) => known.traffic && views.traffic.update(known.traffic, now),
	services: () => views.services.update({
		traffic: known.courses, stepSeconds: known.traffic?.stepSeconds ?? 10, byStatus: known.overview?.counts.servicesByStatus ?? null,
	}),
	service: (now) => known.detail && address.current.service && views.service.update(known.detail, now),
	held: (now) => views.held.update(model.held(MAX_SHOWN), heldCount(), known.held, now),
	overrides: (now) => views.overrides.update(known.overrides ?? [], link.mode === 'live' ? model.standing : known.status, now),
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
		held: heldCount(), statusAge: freshness.age('status'), old: freshness.old(),
		errorRatio: known.traffic && freshness.isFresh('traffic') ? evidentErrorRatio(known.traffic, now) : null,
	});
	setAttribute(document.body, 'data-connection', mode);
	setText(byId('connection'), {
		connecting: 'connecting', live: 'live', polling: 'asking every few seconds: no event stream', lost: 'no answer from the gateway',
	}[mode]);
	views.verdict.update(verdict, mode);
}

/** What the stream told last is old as soon as it has ended. */
function heldCount() {
	return link.mode === 'live' || !known.status ? model.heldCount : known.status.held;
}

function drawTotals() {
	const live = link.mode === 'live' && model.eventId !== null;
	const totals = live ? model.totals : link.mode === 'lost' ? null : known.status;
	setText(byId('event-id'), live ? String(model.eventId) : '–');
	setAttribute(document.body, 'data-event-id', live ? model.eventId : '');
	setText(byId('totals'), totals ? `${count(totals.services, 'service')}, ${count(totals.instances, 'instance')}` : '');
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
		link.ticked();
		frames.mark('verdict', 'etcd', 'gateways', 'traffic', 'held', 'overrides', 'totals');
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
	catchUp();
}

/** Gives up the connection of a page that was left, and takes it up again when somebody comes back. */
function leaveAndReturn() {
	let timer = 0;
	const leave = () => {
		stream.stop();
		link.closed('');
		frames.mark('verdict');
	};
	const comeBack = () => {
		clearTimeout(timer);
		link.ticked();
		frames.mark('etcd', 'gateways', 'certificates', 'traffic', 'services', 'service', 'held', 'overrides', 'changes', 'totals', 'verdict');
		stream.start();
		stream.hurry();
		Object.values(polls).forEach((poll) => poll.soon(0));
	};
	document.addEventListener('visibilitychange', () => {
		if (document.hidden) {
			timer = setTimeout(leave, LEFT);
		} else {
			comeBack();
		}
	});
	window.addEventListener('pagehide', leave);
	window.addEventListener('pageshow', (event) => {
		if (event.persisted) {
			comeBack();
		}
	});
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
	leaveAndReturn();
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
