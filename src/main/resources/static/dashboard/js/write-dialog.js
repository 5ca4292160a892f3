/** Asks for what every write needs: why, for how long, where, and the token. Says what went wrong where it was sent. */

import { ACTIONS, isEnd, outcome } from './actions.js';
import { ApiError } from './api.js';
import { byId, h, isOff, setOff, show } from './dom.js';

/** How long is shown that something was done, and that it was not. */
const SHOWN = 6000;
const SHOWN_BAD = 20000;

/**
 * @param {{api: ReturnType<import('./api.js').createApi>, cluster: () => {available: boolean, reason: string, several: boolean},
 *   onDone: (kind: string, target: object) => void, onToken: () => void}} options
 */
export function createWriteDialog({ api, cluster, onDone, onToken }) {
	const dialog = byId('write-dialog');
	const form = byId('write-form');
	const problem = byId('write-problem');
	const submit = byId('write-submit');
	const reason = byId('write-reason');
	const token = byId('write-token');
	const done = byId('done');
	let asked = { kind: '', target: {}, sending: false };
	let timer = 0;

	const tell = ({ text, level }) => {
		done.textContent = text;
		done.dataset.level = level;
		clearTimeout(timer);
		timer = setTimeout(() => { done.textContent = ''; }, level === 'ok' ? SHOWN : SHOWN_BAD);
	};

	// Password managers keep what is typed into a password's field, whatever it says.
	if (CSS.supports('-webkit-text-security', 'disc')) {
		token.type = 'text';
	}

	const clear = () => {
		problem.hidden = true;
		problem.replaceChildren();
		delete problem.dataset.code;
	};

	const showProblem = (error) => {
		const { title, detail, code } = error.problem;
		problem.dataset.code = code ?? '';
		problem.replaceChildren(h('strong', { text: title ?? 'It was not done' }), detail ?? '');
		problem.hidden = false;
		show(byId('write-force-line'), code === 'last-routable-instance');
		if (error.status === 401) {
			api.forgetToken();
			onToken();
		}
		if (error.status === 401 || code === 'insufficient-scope') {
			// A token that may not do this may do other things: it stays unless another one is given.
			show(byId('write-token-line'), true);
			token.required = error.status === 401;
			token.value = '';
			token.focus();
		} else {
			problem.focus();
		}
	};

	const valuesOf = (action) => ({
		reason: reason.value.trim(),
		ttlSeconds: action.ttl ? Number(byId('write-ttl').value) : undefined,
		scope: action.scope && byId('write-scope-cluster').checked ? 'CLUSTER' : 'LOCAL',
		weight: Number(byId('write-weight').value),
		force: byId('write-force').checked,
	});

	const setSending = (own, sending) => {
		own.sending = sending;
		if (own === asked) {
			setOff(submit, sending);
			setOff(byId('write-abort'), sending);
		}
	};

	const send = async () => {
		const own = asked;
		const { kind, target } = own;
		if (!byId('write-token-line').hidden && token.value.trim() !== '') {
			api.setToken(token.value);
			token.value = '';
			onToken();
		}
		if (kind === 'token') {
			dialog.close();
			onDone(kind, target);
			return;
		}
		const values = valuesOf(ACTIONS[kind]);
		const { method, path, body } = ACTIONS[kind].request(target, values);
		clear();
		setSending(own, true);
		// Another write may have been asked for since, if the dialog was closed all the same.
		const isShown = () => own === asked && dialog.open;
		try {
			const answer = await api.write(method, path, body);
			if (isShown()) {
				dialog.close();
			}
			tell(outcome(kind, target, answer, values.scope));
			onDone(kind, target);
		} catch (error) {
			if (!(error instanceof ApiError)) {
				throw error;
			}
			if (isShown()) {
				showProblem(error);
			} else {
				tell({ level: 'bad', text: `Not done: ${ACTIONS[kind].title.toLowerCase()} (${target.instance ?? target.service ?? 'the registry'}): ${error.message}` });
			}
		} finally {
			setSending(own, false);
		}
	};

	/** What was set in a scope is ended in that one, or not at all: in the other it would go on. */
	const prepareScope = (kind, action, target) => {
		const { available, reason: why, several } = cluster();
		const given = isEnd(kind) ? target.scope : undefined;
		const wanted = given ?? (several && available && !isEnd(kind) ? 'CLUSTER' : 'LOCAL');
		show(byId('write-scope-line'), action.scope);
		byId('write-scope-cluster').disabled = given ? given !== 'CLUSTER' : !available;
		byId('write-scope-local').disabled = given === 'CLUSTER';
		byId(wanted === 'CLUSTER' ? 'write-scope-cluster' : 'write-scope-local').checked = true;
		const blocked = given === 'CLUSTER' && !available;
		byId('write-scope-note').textContent = available ? '' : `All gateways cannot be told now: ${why || 'this gateway shares nothing with others'}.`
			+ (blocked ? ' This was set for all of them, so it cannot be ended before.' : '');
		setOff(submit, blocked);
	};

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		if (!isOff(submit)) {
			send();
		}
	});
	byId('write-abort').addEventListener('click', () => {
		if (!asked.sending) {
			dialog.close();
		}
	});
	// What was sent is told where it was sent from, so the dialog stays until then.
	const stay = (event) => {
		if (asked.sending) {
			event.preventDefault();
		}
	};
	dialog.addEventListener('cancel', stay);
	dialog.addEventListener('keydown', (event) => event.key === 'Escape' && stay(event));
	dialog.addEventListener('close', () => { token.value = ''; });

	return {
		/**
		 * Asks for what a write needs, and writes.
		 * @param {string} kind one of ACTIONS, or `token` to ask for that alone
		 * @param {import('./actions.js').Target & {weight?: number}} target
		 */
		open(kind, target = {}) {
			asked = { kind, target, sending: false };
			setOff(byId('write-abort'), false);
			const action = kind === 'token' ? { title: 'Token', what: () => 'It is kept in the memory of this page alone.', ttl: false, scope: false }
				: ACTIONS[kind];
			clear();
			dialog.dataset.write = kind;
			byId('write-title').textContent = action.title;
			byId('write-what').textContent = action.what(target);
			show(byId('write-ttl-line'), action.ttl);
			show(byId('write-weight-line'), kind === 'weight');
			byId('write-weight').required = kind === 'weight';
			byId('write-weight').value = target.weight ?? '';
			show(byId('write-reason-line'), kind !== 'token');
			reason.required = kind !== 'token';
			reason.value = '';
			show(byId('write-token-line'), !api.hasToken);
			token.required = !api.hasToken;
			show(byId('write-force-line'), false);
			byId('write-force').checked = false;
			prepareScope(kind, action, target);
			dialog.showModal();
			(kind === 'weight' ? byId('write-weight') : kind === 'token' ? token : reason).focus();
		},
	};
}
