package dev.holdfast.dashboard;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The parts of the page that decide, each by itself: times and what the gateway answers
 * are handed in. Not beside others who load modules: they have one page.
 */
@ExtendWith(ModulePage.Extension.class)
@Execution(ExecutionMode.SAME_THREAD)
class DashboardModulesIT {

	/** A registry of which nothing bad is known. */
	private static final String WELL = """
			const now = Date.parse('2026-01-01T00:10:00Z');
			const ago = (seconds) => new Date(now - seconds * 1000).toISOString();
			const well = {
				now, connection: { mode: 'live', heardAt: now, why: '' }, held: 0, errorRatio: null, statusAge: 1000, old: [],
				status: { state: 'LIVE', asOf: ago(3), since: ago(500), frozen: null, etcd: { endpoints: [] } },
				overview: { counts: { services: 3, servicesByStatus: { HEALTHY: 3 } } },
				gateways: { items: [] }, certificates: { items: [] }, overrides: [],
			};
			const { judge } = await load('verdict');
			""";

	/**
	 * A stream whose time passes only where a test says so, and that answers as it says.
	 */
	private static final String STREAM = """
			const { createModel } = await load('model');
			const { createStream } = await load('stream');
			const state = (instanceId, eventId) => new Response(JSON.stringify(
					{ eventId, instanceId, version: '1', standing: {}, services: [], held: [] }));
			const event = (name, id, data) => `event: ${name}\\nid: ${id}\\ndata: ${JSON.stringify(data)}\\n\\n`;
			const follow = (answer, enough, heldFor = 0) => new Promise((resolve, reject) => {
				const model = createModel();
				const waits = [];
				const asked = [];
				let time = 0;
				const later = window.setTimeout;
				const finish = () => {
					stream.stop();
					window.setTimeout = later;
					resolve({ waits, asked, known: model.eventId });
				};
				// Only the pages' own waits are made short; silence stays as long as it is.
				window.setTimeout = (task, milliseconds) => {
					if (milliseconds > 0 && milliseconds < 22000) {
						waits.push(Math.round(milliseconds));
					}
					if (enough({ waits, asked })) {
						later(finish, 0);
					}
					return later(task, milliseconds < 22000 ? 0 : milliseconds);
				};
				const stream = createStream({
					model, random: () => 1, now: () => time,
					api: {
						open: async (path, { headers }) => {
							asked.push(path === 'registry/state' ? 'state' : Number(headers['Last-Event-ID']));
							if (enough({ waits, asked })) {
								later(finish, 0);
							}
							return answer(path, asked);
						},
					},
					listener: { onOpen() {}, onHeard() {}, onClosed() {}, onError: reject, onChanged: () => { time += heldFor; } },
				});
				stream.start();
			});
			""";

	private static ModulePage page;

	@BeforeAll
	static void open(ModulePage opened) {
		page = opened;
	}

	@Test
	void removalsThatAreDroppedSoonestAreThoseThatAFullOrderBeginsWith() {
		assertThat(page.run("""
				const { createModel } = await load('model');
				const model = createModel();
				const held = Array.from({ length: 3000 }, (_, i) => ({ service: `s${i % 7}`, instance: `i${i}`,
					deadline: i % 5 ? new Date(1e12 + (i * 7919 % 1009) * 1000).toISOString() : null }));
				model.beginState().complete({ held, standing: null, eventId: 1 });
				const same = JSON.stringify(model.held(100)) === JSON.stringify(model.held().slice(0, 100));
				const first = model.held(1)[0];
				model.apply(2, 'held', { removed: [first], put: [] });
				return [same, model.held(1)[0].instance !== first.instance, model.heldCount].join();
				""")).isEqualTo("true,true,2999");
	}

	@Test
	void gatewayWhoseStreamIsQuietBetweenItsHeartbeatsIsNotLost() {
		assertThat(page.run("""
				const { createLink } = await load('link');
				let time = 0;
				const link = createLink({ now: () => time });
				const seconds = (number) => { for (let i = 0; i < number; i++) { time += 1000; link.ticked(); } };
				link.opened();
				link.silent('a read took too long');
				seconds(16);
				const quiet = link.mode;
				seconds(7);
				return [quiet, link.mode].join();
				""")).isEqualTo("live,lost");
	}

	@Test
	void pageWhoseTimersWereHeldBackListensAnewBeforeItCallsAGatewayLost() {
		assertThat(page.run("""
				const { createLink } = await load('link');
				let time = 0;
				const link = createLink({ now: () => time });
				const seconds = (number) => { for (let i = 0; i < number; i++) { time += 1000; link.ticked(); } };
				link.opened();
				time += 60000;
				const before = link.mode;
				link.ticked();
				seconds(20);
				const after = link.mode;
				seconds(3);
				return [before, after, link.mode].join();
				""")).isEqualTo("live,live,lost");
	}

	@Test
	void oldDataIsNotJudgedHealthy() {
		assertThat(page.run(
				WELL + """
						const { createFreshness } = await load('freshness');
						let time = 0;
						const freshness = createFreshness({ overview: { name: 'how services stand', href: '#services', every: 3000 } }, { now: () => time });
						const level = () => judge({ ...well, old: freshness.old() }).level;
						freshness.read('overview');
						const levels = [level()];
						time = 13000;
						freshness.failed('overview', 'status 500');
						levels.push(level(), judge({ ...well, old: freshness.old() }).reasons[0].kind);
						freshness.read('overview');
						levels.push(level());
						return levels.join();
						"""))
			.isEqualTo("ok,unknown,old,ok");
	}

	@Test
	void liveDataWithoutAProofIsNotInOrder() {
		assertThat(page.run(WELL + """
				const doubtful = judge({ ...well, status: { ...well.status, asOf: ago(45) } });
				return [judge(well).level, doubtful.level, doubtful.reasons[0].kind].join();
				""")).isEqualTo("ok,warn,registry");
	}

	@Test
	void trafficIsCalledUnaffectedOnlyWithEvidence() {
		assertThat(page.run(
				WELL + """
						const stale = { ...well, status: { ...well.status, state: 'STALE', asOf: ago(60), since: ago(60) },
							overview: { counts: { services: 3, servicesByStatus: { STALE: 3 } } } };
						const { evidentErrorRatio } = await load('views/traffic');
						const traffic = (requests, seconds) => ({ asOf: ago(seconds), stepSeconds: 10, total: { requests: [requests, null], errors: [0, null] } });
						return [evidentErrorRatio(traffic(9, 5), now), evidentErrorRatio(traffic(10, 5), now), evidentErrorRatio(traffic(10, 40), now)]
							.map((errorRatio) => judge({ ...stale, errorRatio }).sentence.includes('traffic unaffected')).join();
						"""))
			.isEqualTo("false,true,false");
	}

	@Test
	void authoritiesThatHaveExpiredAreNoAlarmWhileOthersAreValid() {
		assertThat(page.run(
				WELL + """
						const levels = (...items) => judge({ ...well, certificates: { items } }).reasons.map(({ level }) => level).join('+');
						const authority = (status) => ({ bundle: 'etcd', role: 'TRUSTED', status, notAfter: ago(9) });
						return [levels(authority('EXPIRED'), authority('EXPIRED'), authority('VALID')), levels(authority('EXPIRED')),
							levels({ ...authority('EXPIRED'), role: 'OWN' })].join();
						"""))
			.isEqualTo("note,warn,bad");
	}

	@Test
	void onlyWhatTheGatewayItselfAnswersCountsAsHeard() {
		assertThat(page
			.run("""
					const { createApi } = await load('api');
					const heard = [];
					const ask = window.fetch;
					window.fetch = async (url) => new Response(url.pathname === '/problem' ? '{"code":"unknown-service"}' : '{}',
							{ status: { '/well': 200, '/problem': 404, '/proxy': 404, '/broken': 502 }[url.pathname] });
					const api = createApi({ base: location.origin, clock: { heard() {}, past() {} }, onHeard: (path) => heard.push(path) });
					for (const path of ['well', 'problem', 'proxy', 'broken']) {
						await api.get(path).catch(() => {});
					}
					window.fetch = ask;
					return heard.join();
					"""))
			.isEqualTo("well,problem");
	}

	@Test
	void streamThatBreaksAtOnceIsOpenedEverLessOftenWithoutAnotherState() {
		assertThat(page.run(STREAM + """
				const { waits, asked } = await follow((path) => (path === 'registry/state' ? state('a', 5)
						: new Response(event('gateway', 5, { instanceId: 'a' }))), ({ waits }) => waits.length === 4);
				return [waits.join(), asked.filter((what) => what === 'state').length].join(' ');
				""")).isEqualTo("400,800,1600,3200 1");
	}

	@Test
	void streamThatHeldIsOpenedSoonAgain() {
		assertThat(page.run(
				STREAM + """
						const { waits } = await follow((path) => (path === 'registry/state' ? state('a', 5)
								: new Response(event('gateway', 5, { instanceId: 'a' }))), ({ waits }) => waits.length === 3, 31000);
						return waits.join();
						"""))
			.isEqualTo("400,400,400");
	}

	@Test
	void streamOfAnotherGatewayIsNotContinuedBeforeItsStateIsThere() {
		assertThat(page.run(
				STREAM + """
						const { asked, known } = await follow((path, asked) => (path === 'registry/events'
								? new Response(event('gateway', 900, { instanceId: 'b' }) + event('reset', 900, {}))
								: asked.length === 1 ? state('a', 5) : new Response(new ReadableStream())), ({ asked }) => asked.length === 3);
						return JSON.stringify([asked, known]);
						"""))
			.isEqualTo("[[\"state\",5,\"state\"],null]");
	}

	@Test
	void whatFailsIsAskedForLessAndLessOften() {
		assertThat(page
			.run("""
					const { createPoll } = await load('poll');
					const later = window.setTimeout;
					const waits = await new Promise((resolve) => {
						const found = [];
						window.setTimeout = (task, milliseconds) => {
							found.push(Math.round(milliseconds));
							return found.length < 7 ? later(task, 0) : resolve(found);
						};
						const read = async () => { throw new Error('no answer'); };
						createPoll({ read, apply() {}, failed() {}, every: 1000, maxBackoff: 8000, random: () => 0.5 }).start();
					});
					window.setTimeout = later;
					return waits.join();
					"""))
			.isEqualTo("0,1000,2000,4000,8000,8000,8000");
	}

	@Test
	void oneSlowAnswerDoesNotPutOffTheNextForLong() {
		assertThat(page.run("""
				const { createPoll } = await load('poll');
				const later = window.setTimeout;
				const clock = performance.now;
				let time = 0;
				performance.now = () => time;
				const waits = await new Promise((resolve) => {
					const found = [];
					window.setTimeout = (task, milliseconds) => {
						found.push(Math.round(milliseconds));
						return found.length < 2 ? later(task, 0) : resolve(found);
					};
					const read = async () => { time += 30000; };
					createPoll({ read, apply() {}, failed() {}, every: 2500, atMost: 5000, random: () => 0.5 }).start();
				});
				window.setTimeout = later;
				performance.now = clock;
				return waits.join();
				""")).isEqualTo("0,5000");
	}

	@Test
	void endThatLeavesTheSameInForceIsNotCalledOver() {
		assertThat(page.run("""
				const { outcome } = await load('actions');
				const rest = { scope: 'CLUSTER', until: '2026-01-01T00:00:00Z', by: 'ops', reason: 'new disk' };
				const target = { service: 'orders', instance: 'a' };
				return [outcome('undrain', target, null).level, outcome('undrain', target, rest).level,
					outcome('circuit-reset', target, { circuit: 'CLOSED', override: null }).level,
					outcome('circuit-reset', target, { circuit: 'FORCED_OPEN', override: rest }).level,
					outcome('drain', target, rest).level].join();
				""")).isEqualTo("ok,warn,ok,warn,ok");
	}

}
