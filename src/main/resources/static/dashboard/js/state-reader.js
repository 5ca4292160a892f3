/**
 * Reads /registry/state piece by piece: each service is handed on as soon as its text has
 * come. A registry of 100 000 instances is tens of megabytes of JSON, which parsed at once
 * would stop the page and fill its memory.
 */

const QUOTE = 34;
const COLON = 58;
const OPENING_BRACKET = 91;
const CLOSING_BRACKET = 93;
const OPENING_BRACE = 123;
const CLOSING_BRACE = 125;

/**
 * @param {(service: object) => void} onService takes each service
 * @param {string} [member] the name of the array that is read piece by piece
 */
export function createStateReader(onService, member = 'services') {
	let depth = 0;
	let inString = false;
	/** Whether the last piece ended behind a backslash. */
	let escaped = false;
	let inMember = false;
	/** The text of the service that is being read, from earlier pieces. */
	let service = '';
	/** Everything but the services. */
	let rest = '';
	let string = '';
	let key = '';

	/** Return where a string ends, -1 when its end has not come. */
	const stringEnd = (text, start) => {
		let i = escaped ? start + 1 : start;
		escaped = false;
		for (;;) {
			const quote = text.indexOf('"', i);
			const backslash = quote < 0 ? text.indexOf('\\', i) : text.slice(i, quote).indexOf('\\');
			if (backslash < 0) {
				return quote;
			}
			i = (quote < 0 ? backslash : i + backslash) + 2;
			if (i > text.length) {
				escaped = true;
				return -1;
			}
		}
	};

	return {
		/** @param {string} text */
		push(text) {
			let from = 0;
			let stringFrom = 0;
			let i = 0;
			while (i < text.length) {
				if (inString) {
					const end = stringEnd(text, i);
					if (end < 0) {
						break;
					}
					inString = false;
					if (depth === 1) {
						string += text.slice(stringFrom, end);
					}
					i = end + 1;
					continue;
				}
				const char = text.charCodeAt(i);
				if (char === QUOTE) {
					inString = true;
					string = '';
					stringFrom = i + 1;
				} else if (char === COLON) {
					if (depth === 1) {
						key = string;
					}
				} else if (char === OPENING_BRACKET || char === OPENING_BRACE) {
					depth++;
					if (depth === 2 && key === member) {
						inMember = true;
						rest += text.slice(from, i + 1);
						from = i + 1;
					} else if (depth === 3 && inMember) {
						from = i;
					}
				} else if (char === CLOSING_BRACKET || char === CLOSING_BRACE) {
					depth--;
					if (depth === 2 && inMember) {
						onService(JSON.parse(service + text.slice(from, i + 1)));
						service = '';
						from = i + 1;
					} else if (depth === 1 && inMember) {
						inMember = false;
						from = i;
					}
				}
				i++;
			}
			if (inMember) {
				service = depth > 2 ? service + text.slice(from) : '';
			} else {
				rest += text.slice(from);
			}
			if (inString && depth === 1) {
				string += text.slice(stringFrom);
			}
		},

		/**
		 * Return everything but the services.
		 * @throws {SyntaxError} if the text broke off
		 */
		end() {
			return JSON.parse(rest);
		},
	};
}
