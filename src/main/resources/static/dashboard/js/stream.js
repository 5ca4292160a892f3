/**
 * Follows the gateway: the whole state once, then every event behind it. A stream that ends
 * or falls silent is opened again where it ended; the gateway says when that cannot be.
 */

import { ApiError } from './api.js';
import { createBackoff } from './backoff.js';
import { createEventParser } from './sse.js';
import { createStateReader } from './state-reader.js';

/** The gateway sends a comment every 15 s, so that silence for longer means that nothing arrives. */
const SILENCE = 22000;

/** The page answers in between when so much of a state has been read at once, in milliseconds. */
const SLICE = 10;

/** So much text is read before the time is looked at, in characters. */
const PIECE = 32768;

/** A stream that held for so long, or went on for so long without a reset, is no failing one. */
const HELD = 30000;

/** A whole state is much to ask for, so that pages do not ask at the same moment, nor one again and again. */
const BACKOFF_STATE = { first: 1600, max: 60000 };

/** More than so many events while a state is read are not worth keeping. */
const MAX_WAITING = 20000;

/** The connection is gone, or says nothing: what happens, and no error of the page. */
class Broken extends Error {
}

const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

/**
 * @typedef {{
 *   onOpen: (gateway: {instanceId: string, version: string}) => void,
 *   onHeard: () => void,
 *   onChanged: () => void,
 *   onClosed: (why: string, refused: boolean) => void,
 *   onError: (error: unknown) => void
 * }} Listener
 * @param {{api: ReturnType<import('./api.js').createApi>, model: ReturnType<import('./model.js').createModel>,
 *   listener: Listener, random?: () => number, now?: () => number}} options
 */
export function createStream({ api, model, listener, random = Math.random, now = () => performance.now() }) {
	const backoff = createBackoff({ random, max: 30000 });
	const resets = createBackoff({ random, ...BACKOFF_STATE });
	let resetAt = -Infinity;
	let running = false;
	/** Each run ends when another one has begun. */
	let runs = 0;
	/** Ends a wait early. */
	let wake = () => {};
	let current = new AbortController();
	let instanceId = '';

	const readState = async (signal) => {
		const response = await api.open('registry/state', { signal, timeout: 20000 });
		const state = model.beginState();
		const reader = createStateReader(state.add);
		await eachText(response, signal, reader.push);
		const rest = reader.end();
		return { rest, complete: () => state.complete(rest) };
	};

	/** Return text piece by piece, with the page alive in between. */
	async function eachText(response, signal, take) {
		const decoder = new TextDecoder();
		const body = response.body.getReader();
		let from = performance.now();
		for (;;) {
			const { done, value } = await body.read().catch(() => {
				throw new Broken('the connection to the gateway broke');
			});
			signal.throwIfAborted();
			if (done) {
				return;
			}
			listener.onHeard();
			const text = decoder.decode(value, { stream: true });
			for (let i = 0; i < text.length; i += PIECE) {
				take(text.slice(i, i + PIECE));
				if (performance.now() - from > SLICE) {
					await pause(0);
					signal.throwIfAborted();
					from = performance.now();
				}
			}
		}
	}

	const follow = async (controller, opened) => {
		const { signal } = controller;
		if (model.eventId === null) {
			const state = await readState(signal);
			instanceId = state.rest.instanceId;
			state.complete();
			listener.onChanged();
		}
		const response = await api.open('registry/events', {
			signal, headers: { 'Accept': 'text/event-stream', 'Last-Event-ID': String(model.eventId) },
		});
		const session = createSession(controller, opened);
		const parser = createEventParser((event) => session.take(event));
		await eachEvent(response, signal, (text) => {
			parser.push(text);
			session.check();
		});
	};

	/** Waits no longer for text than the gateway could be silent. */
	const eachEvent = async (response, signal, take) => {
		let timer = 0;
		const silent = new Promise((_, reject) => {
			const expect = () => {
				clearTimeout(timer);
				timer = setTimeout(() => reject(new Broken('the event stream fell silent')), SILENCE);
			};
			expect();
			eachText(response, signal, (text) => {
				expect();
				take(text);
			}).then(() => reject(new Broken('the event stream ended')), reject);
		});
		try {
			await silent;
		} finally {
			clearTimeout(timer);
		}
	};

	/** Applies what one stream sends, and reads the state anew where it must. */
	const createSession = (controller, opened) => {
		const { signal } = controller;
		let first = true;
		/** @type {unknown} */
		let failure = null;
		/** @type {Array<[number, string, any]> | null} events that wait for a state */
		let waiting = null;
		let again = false;
		let asked = -1;

		const reload = async () => {
			waiting = [];
			// What is known does not lead to what comes now: a stream that broke meanwhile must not go on from there.
			model.continueFrom(null);
			try {
				do {
					again = false;
					if (now() - resetAt > HELD) {
						resets.succeeded();
					}
					resetAt = now();
					await pause(resets.next());
					signal.throwIfAborted();
					const state = await readState(signal);
					asked = state.rest.eventId;
					if (state.rest.instanceId !== instanceId) {
						throw new Broken('another gateway answers');
					}
					if (!again) {
						state.complete();
					}
				} while (again);
				const events = waiting;
				waiting = null;
				events.forEach(([id, name, data]) => model.apply(id, name, data));
				listener.onChanged();
			} catch (error) {
				failure = error;
				if (!(error instanceof ApiError || error instanceof Broken || signal.aborted)) {
					listener.onError(error);
				}
				// However long it took: a stream without its state has not held.
				opened(Infinity);
				controller.abort(error);
			} finally {
				resetAt = now();
			}
		};

		const reset = (id, directly) => {
			if (waiting === null) {
				if (directly || model.eventId === null || id > model.eventId) {
					reload();
				}
			} else if (!directly && id > asked) {
				again = true;
			}
		};

		return {
			/** @param {import('./sse.js').StreamEvent} event */
			take(event) {
				const id = Number(event.id);
				const data = JSON.parse(event.data);
				if (event.name === 'gateway') {
					const another = data.instanceId !== instanceId;
					instanceId = data.instanceId;
					opened();
					listener.onOpen(data);
					if (another) {
						reload();
					}
					return;
				}
				const directly = first;
				first = false;
				if (event.name === 'reset') {
					reset(id, directly);
				} else if (waiting !== null) {
					waiting.push([id, event.name, data]);
					if (waiting.length > MAX_WAITING) {
						waiting = [];
						again = true;
					}
				} else {
					model.apply(id, event.name, data);
				}
			},
			check() {
				if (failure) {
					throw failure;
				}
				listener.onChanged();
			},
		};
	};

	const run = async () => {
		const own = ++runs;
		const goesOn = () => running && own === runs;
		while (goesOn()) {
			const controller = new AbortController();
			current = controller;
			let openedAt = Infinity;
			let why = '';
			let refused = 0;
			try {
				await follow(controller, (at = now()) => { openedAt = at; });
			} catch (error) {
				why = error instanceof Error ? error.message : String(error);
				if (error instanceof ApiError && error.status === 503) {
					refused = 15000;
				} else if (!(error instanceof ApiError || error instanceof Broken || controller.signal.aborted)) {
					model.continueFrom(null);
					listener.onError(error);
				}
			}
			controller.abort();
			if (goesOn()) {
				if (now() - openedAt >= HELD) {
					backoff.succeeded();
				}
				listener.onClosed(why, refused > 0);
				const time = refused > 0 ? refused * (0.75 + random() / 2) : backoff.next();
				await Promise.race([pause(time), new Promise((resolve) => { wake = resolve; })]);
			}
		}
	};

	return {
		/** Follows, from where it stopped if it did. */
		start() {
			if (running) {
				return;
			}
			running = true;
			run().catch(listener.onError);
		},
		/** Connects at once instead of at the end of a wait. */
		hurry() {
			wake();
		},
		/** Ends the running stream, which is then opened again: a sleeping machine may not know that it is dead. */
		restart(why) {
			current.abort(new DOMException(why, 'AbortError'));
		},
		/** Gives up the connection: browsers have few to one gateway, and keep pages that were left. */
		stop() {
			running = false;
			current.abort(new DOMException('the page was left', 'AbortError'));
			wake();
		},
	};
}
