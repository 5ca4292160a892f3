/** Asks the gateway, and tells what it answers. The token is kept here, in memory, and nowhere else. */

/** How long an answer may take. */
const PATIENCE = 8000;

/** What the gateway says went wrong (RFC 9457), or why there was no answer. */
export class ApiError extends Error {
	/**
	 * @param {number} status 0 when there was no answer
	 * @param {{title?: string, detail?: string, code?: string, [member: string]: any}} problem
	 */
	constructor(status, problem) {
		super(problem.detail || problem.title || `status ${status}`);
		this.name = 'ApiError';
		this.status = status;
		this.problem = problem;
	}

	get code() {
		return this.problem.code ?? '';
	}

	/** Whether the gateway has no such call, rather than no such thing. */
	get absent() {
		return (this.status === 404 && ['', 'not-found'].includes(this.code)) || this.status === 405;
	}
}

/**
 * @param {{base?: string, clock: ReturnType<import('./clock.js').createClock>, onHeard?: (path: string) => void,
 *   onSilent?: (why: string, path: string) => void, onRefused?: (why: string, path: string) => void}} options `onHeard` takes
 *   that the gateway has answered, `onRefused` that something did which may be only a proxy, or that it cannot answer
 */
export function createApi({ base = document.baseURI, clock, onHeard = () => {}, onSilent = () => {}, onRefused = () => {} }) {
	let token = '';
	let required = false;

	const authorization = () => (token ? { Authorization: `Bearer ${token}` } : {});

	/** Sends a request and hands its response on; the time is over when that has been used. */
	const send = async (path, { timeout = PATIENCE, signal, headers = {}, ...options }, use) => {
		const sentAt = Date.now();
		const stop = new AbortController();
		const timer = setTimeout(() => stop.abort(new DOMException(`no answer within ${timeout / 1000} s`, 'TimeoutError')), timeout);
		let response;
		try {
			response = await fetch(new URL(path, base), {
				// A kept answer has old moments, from which ages would be reckoned.
				credentials: 'same-origin', cache: 'no-store', redirect: 'error', referrerPolicy: 'no-referrer',
				...options, headers: { Accept: 'application/json', ...authorization(), ...headers },
				signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
			});
			clock.heard(response.headers.get('Date'), sentAt, Date.now());
			const answer = await checked(response);
			onHeard(path);
			return await use(answer);
		} catch (error) {
			if (error instanceof ApiError) {
				// A problem with a code is the gateway's own.
				if (error.code && error.status < 500) {
					onHeard(path);
				} else {
					onRefused(`status ${error.status}${error.message ? `, ${error.message}` : ''}`, path);
				}
			}
			if (error instanceof ApiError || signal?.aborted) {
				throw error;
			}
			const why = stop.signal.aborted ? stop.signal.reason.message : 'no connection';
			onSilent(why, path);
			throw new ApiError(0, { title: 'No answer', detail: `The gateway did not answer: ${why}.`, code: 'no-answer' });
		} finally {
			clearTimeout(timer);
		}
	};

	const checked = async (response) => {
		if (response.ok) {
			return response;
		}
		let problem = {};
		try {
			problem = await response.json();
		} catch {
			problem = { title: response.statusText || `Status ${response.status}` };
		}
		required ||= response.status === 401;
		throw new ApiError(response.status, problem);
	};

	return {
		/** Return what a read answers, in JSON. */
		get(path, options = {}) {
			return send(path, options, async (response) => {
				const asOf = Date.parse(response.headers.get('Holdfast-As-Of') ?? '');
				if (!Number.isNaN(asOf)) {
					clock.past(asOf);
				}
				return response.json();
			});
		},

		/** Return a response whose body comes piece by piece; only its head must come in time. */
		open(path, options = {}) {
			return send(path, options, (response) => response);
		},

		/** Change something. */
		write(method, path, body) {
			const options = body === undefined ? {}
				: { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) };
			return send(path, { method, timeout: 15000, ...options },
				(response) => (response.status === 204 ? null : response.json().catch(() => null)));
		},

		/** @param {string} value */
		setToken(value) {
			token = value.trim();
		},
		forgetToken() {
			token = '';
		},
		get hasToken() {
			return token !== '';
		},
		/** Whether a call was answered that it needs a token, or another one. */
		get tokenRequired() {
			return required;
		},
	};
}

/** Return a path below services, whose names may have any characters. */
export const servicePath = (service, ...rest) => ['registry/services', encodeURIComponent(service), ...rest].join('/');

/** @param {string} service @param {string} instance @param {string} what */
export const instancePath = (service, instance, what) => servicePath(service, 'instances', encodeURIComponent(instance), what);

/** Return a query of the parameters that have a value. */
export function query(parameters) {
	const text = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== undefined && value !== null && value !== '')).toString();
	return text ? `?${text}` : '';
}
