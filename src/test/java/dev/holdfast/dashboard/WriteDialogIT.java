package dev.holdfast.dashboard;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dialog that all writes go through, with answers that come when a test says so. Not
 * beside others who load modules: they have one page.
 */
@ExtendWith(ModulePage.Extension.class)
@Execution(ExecutionMode.SAME_THREAD)
class WriteDialogIT {

	/** The page's own elements, and a dialog that asks for no token. */
	private static final String DIALOG = """
			const text = await (await fetch('/index.html')).text();
			document.body.replaceChildren(...new DOMParser().parseFromString(text, 'text/html').body.children);
			const { createWriteDialog } = await load('write-dialog');
			const { ApiError } = await load('api');
			const byId = (id) => document.getElementById(id);
			const sent = [];
			const told = [];
			const turn = () => new Promise((resolve) => { setTimeout(resolve, 0); });
			const create = (available = true) => createWriteDialog({
				api: {
					hasToken: true,
					write: (method, path) => new Promise((resolve, reject) => sent.push({ method, path, resolve, reject })),
					setToken: (token) => told.push(`set ${token}`),
					forgetToken: () => told.push('forgotten'),
				},
				cluster: () => ({ available, reason: 'etcd does not answer', several: true }), onDone() {}, onToken() {},
			});
			const submit = () => { byId('write-reason').value = 'why'; byId('write-form').requestSubmit(); };
			const target = { service: 'orders', instance: 'a' };
			const refused = (status, code) => new ApiError(status, { title: 'Refused', detail: 'not so', code });
			""";

	private static ModulePage page;

	@BeforeAll
	static void open(ModulePage opened) {
		page = opened;
	}

	@Test
	void dialogStaysWhileItsWriteIsSentAndSendsItOnce() {
		assertThat(page.run(DIALOG + """
				create().open('drain', target);
				submit();
				submit();
				byId('write-abort').click();
				const during = byId('write-dialog').open;
				sent[0].resolve(null);
				await turn();
				return [during, sent.length, byId('write-dialog').open, byId('done').dataset.level].join();
				""")).isEqualTo("true,1,false,ok");
	}

	@Test
	void problemOfAWriteIsNotShownAsThatOfAnother() {
		assertThat(page.run(
				DIALOG + """
						const dialog = create();
						dialog.open('drain', target);
						submit();
						byId('write-dialog').close();
						dialog.open('freeze', {});
						sent[0].reject(refused(409, 'last-routable-instance'));
						await turn();
						return [byId('write-problem').hidden, byId('write-force-line').hidden, byId('write-submit').ariaDisabled,
							byId('done').dataset.level, byId('done').textContent.includes('not so')].join();
						"""))
			.isEqualTo("true,true,,bad,true");
	}

	@Test
	void anothersSuccessDoesNotCloseTheDialog() {
		assertThat(page.run(DIALOG + """
				const dialog = create();
				dialog.open('drain', target);
				submit();
				byId('write-dialog').close();
				dialog.open('freeze', {});
				sent[0].resolve(null);
				await turn();
				return [byId('write-dialog').open, byId('write-dialog').dataset.write].join();
				""")).isEqualTo("true,freeze");
	}

	@Test
	void refusalHasTheFocus() {
		assertThat(page.run(DIALOG + """
				create().open('drain', target);
				byId('write-submit').focus();
				submit();
				const during = document.activeElement.id;
				sent[0].reject(refused(409, 'conflict'));
				await turn();
				return [during, document.activeElement.id].join();
				""")).isEqualTo("write-submit,write-problem");
	}

	@Test
	void tokenThatMayNotDoThisStaysUnlessAnotherOneIsGiven() {
		assertThat(page.run(DIALOG + """
				create().open('drain', target);
				submit();
				sent[0].reject(refused(403, 'insufficient-scope'));
				await turn();
				const shown = document.activeElement.id;
				submit();
				sent[1].reject(refused(403, 'insufficient-scope'));
				await turn();
				byId('write-token').value = 'another';
				submit();
				return [shown, told.join()].join();
				""")).isEqualTo("write-token,set another");
	}

	@Test
	void whatWasSetForAllGatewaysIsNotEndedForOneAlone() {
		assertThat(page.run(
				DIALOG + """
						create(false).open('undrain', { ...target, scope: 'CLUSTER' });
						submit();
						return [sent.length, byId('write-scope-cluster').checked, byId('write-scope-local').disabled, byId('write-submit').ariaDisabled].join();
						"""))
			.isEqualTo("0,true,true,true");
	}

	@Test
	void whatWasSetInAScopeIsEndedInThatOne() {
		assertThat(page.run(
				DIALOG + """
						const dialog = create();
						dialog.open('undrain', { ...target, scope: 'CLUSTER' });
						submit();
						sent[0].resolve({ scope: 'LOCAL', until: '2026-01-01T00:00:00Z', by: 'ops', reason: '' });
						await turn();
						dialog.open('undrain', { ...target, scope: 'LOCAL' });
						submit();
						return [sent[0].path.includes('scope=CLUSTER'), byId('done').dataset.level, sent[1].path.includes('scope=')].join();
						"""))
			.isEqualTo("true,warn,false");
	}

}
