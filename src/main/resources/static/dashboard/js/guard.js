/*
 * Shows errors of the page's own scripts, those that keep its modules from being loaded among
 * them, which is why it is none itself. A page that is broken must not look healthy.
 */
(function () {
	'use strict';

	var shown = 0;

	function report(text) {
		document.body.dataset.broken = 'true';
		var place = document.getElementById('page-errors');
		if (!place || shown >= 5) {
			return;
		}
		shown++;
		var line = document.createElement('p');
		line.textContent = 'This page has an error of its own, so what it shows may be wrong or old. Reload it. ' + text;
		place.append(line);
		place.hidden = false;
	}

	window.addEventListener('error', function (event) {
		var source = event.target && (event.target.src || event.target.href);
		report(source ? 'Not loaded: ' + source : event.message + ' (' + event.filename + ':' + event.lineno + ')');
	}, true);
	window.addEventListener('unhandledrejection', function (event) {
		report(String((event.reason && event.reason.stack) || event.reason));
	});
	document.addEventListener('securitypolicyviolation', function (event) {
		report('Blocked by the page\'s policy: ' + event.violatedDirective + ' ' + event.blockedURI);
	});
	document.addEventListener('dashboard-error', function (event) {
		report(String((event.detail && event.detail.stack) || event.detail));
	});
}());
