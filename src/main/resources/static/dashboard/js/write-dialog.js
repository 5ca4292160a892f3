/** Asks for what every write needs: why, for how long, where, and the token. Says what went wrong where it was sent. */

import { ACTIONS, outcome } from './actions.js';
import { ApiError } from './api.js';
import { byId, h, show } from './dom.js';

/** How long is shown that something was done. */
const SHOWN = 6000;

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
	let asked = { kind: '', target: {} };
	let timer = 0;

	const tell = (text) => {
		done.textContent = text;
		clearTimeout(timer);
		timer = setTimeout(() => { done.textContent = ''; }, SHOWN);
	};

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
		if (error.status === 401) {
			api.forgetToken();
			onToken();
			show(byId('write-token-line'), true);
			token.required = true;
			token.value = '';
			token.focus();
		}
		show(byId('write-force-line'), code === 'last-routable-instance');
	};

	const valuesOf = (action) => ({
		reason: reason.value.trim(),
		ttlSeconds: action.ttl ? Number(byId('write-ttl').value) : undefined,
		scope: action.scope && byId('write-scope-cluster').checked ? 'CLUSTER' : 'LOCAL',
		weight: Number(byId('write-weight').value),
		force: byId('write-force').checked,
	});

	const send = async () => {
		const { kind, target } = asked;
		if (!byId('write-token-line').hidden) {
			api.setToken(token.value);
			token.value = '';
			onToken();
		}
		if (kind === 'token') {
			dialog.close();
			onDone(kind, target);
			return;
		}
		const { method, path, body } = ACTIONS[kind].request(target, valuesOf(ACTIONS[kind]));
		clear();
		submit.disabled = true;
		try {
			const answer = await api.write(method, path, body);
			dialog.close();
			tell(outcome(kind, target, answer));
			onDone(kind, target);
		} catch (error) {
			if (!(error instanceof ApiError)) {
				throw error;
			}
			showProblem(error);
		} finally {
			submit.disabled = false;
		}
	};

	const prepareScope = (action, target) => {
		const { available, reason: why, several } = cluster();
		show(byId('write-scope-line'), action.scope);
		byId('write-scope-cluster').disabled = !available;
		const wanted = target.scope ?? (several ? 'CLUSTER' : 'LOCAL');
		byId(wanted === 'CLUSTER' && available ? 'write-scope-cluster' : 'write-scope-local').checked = true;
		byId('write-scope-note').textContent = available ? '' : `All gateways cannot be told now: ${why || 'this gateway shares nothing with others'}.`;
	};

	form.addEventListener('submit', (event) => {
		event.preventDefault();
		send();
	});
	byId('write-abort').addEventListener('click', () => dialog.close());
	dialog.addEventListener('close', () => { token.value = ''; });

	return {
		/**
		 * Asks for what a write needs, and writes.
		 * @param {string} kind one of ACTIONS, or `token` to ask for that alone
		 * @param {import('./actions.js').Target & {weight?: number}} target
		 */
		open(kind, target = {}) {
			asked = { kind, target };
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
			prepareScope(action, target);
			dialog.showModal();
			(kind === 'weight' ? byId('write-weight') : kind === 'token' ? token : reason).focus();
		},
	};
}
