/**
 * Reads a stream of server-sent events (WHATWG HTML, section 9.2.6), which EventSource
 * would do without sending a token.
 */

/**
 * @typedef {{id: string, name: string, data: string}} StreamEvent
 * @param {(event: StreamEvent) => void} onEvent
 * @returns {{push: (text: string) => void}} takes the stream's text piece by piece
 */
export function createEventParser(onEvent) {
	let rest = '';
	let endedWithReturn = false;
	let id = '';
	let name = '';
	/** @type {string[]} */
	let data = [];

	const field = (line) => {
		const colon = line.indexOf(':');
		if (colon === 0) {
			return;
		}
		const key = colon < 0 ? line : line.slice(0, colon);
		const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1);
		if (key === 'data') {
			data.push(value);
		} else if (key === 'event') {
			name = value;
		} else if (key === 'id' && !value.includes('\0')) {
			id = value;
		}
	};

	const dispatch = () => {
		if (data.length > 0) {
			onEvent({ id, name: name || 'message', data: data.join('\n') });
		}
		name = '';
		data = [];
	};

	return {
		push(text) {
			let from = endedWithReturn && text[0] === '\n' ? 1 : 0;
			if (text.length > 0) {
				endedWithReturn = text[text.length - 1] === '\r';
			}
			for (;;) {
				const end = lineEnd(text, from);
				if (end < 0) {
					rest += text.slice(from);
					return;
				}
				const line = rest + text.slice(from, end);
				rest = '';
				from = text[end] === '\r' && text[end + 1] === '\n' ? end + 2 : end + 1;
				if (line === '') {
					dispatch();
				} else {
					field(line);
				}
			}
		},
	};
}

/** The gateway ends lines by LF alone, so CR is looked for only up to there. */
function lineEnd(text, from) {
	const feed = text.indexOf('\n', from);
	const carriage = feed < 0 ? text.indexOf('\r', from) : text.slice(from, feed).indexOf('\r');
	if (feed < 0) {
		return carriage;
	}
	return carriage < 0 ? feed : from + carriage;
}
