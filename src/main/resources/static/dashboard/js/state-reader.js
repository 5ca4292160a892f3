/**
 * Reads /registry/state piece by piece: each service is handed on as soon as its text has
 * come. A registry of 100 000 instances is tens of megabytes of JSON, which parsed at once
 * would stop the page and fill its memory.
 */

const QUOTE = 34;
const BACKSLASH = 92;
const COLON = 58;
const OPENING = new Set([91, 123]);
const CLOSING = new Set([93, 125]);

/**
 * @param {(service: object) => void} onService takes each service
 * @param {string} [member] the name of the array that is read piece by piece
 */
export function createStateReader(onService, member = 'services') {
	let depth = 0;
	let inString = false;
	let escaped = false;
	let inMember = false;
	/** The text of the service that is being read, from earlier pieces. */
	let service = '';
	/** Everything but the services. */
	let rest = '';
	let string = '';
	let key = '';

	return {
		/** @param {string} text */
		push(text) {
			let from = 0;
			let stringFrom = 0;
			for (let i = 0; i < text.length; i++) {
				const char = text.charCodeAt(i);
				if (inString) {
					if (escaped) {
						escaped = false;
					} else if (char === BACKSLASH) {
						escaped = true;
					} else if (char === QUOTE) {
						inString = false;
						if (depth === 1) {
							string += text.slice(stringFrom, i);
						}
					}
				} else if (char === QUOTE) {
					inString = true;
					string = '';
					stringFrom = i + 1;
				} else if (char === COLON && depth === 1) {
					key = string;
				} else if (OPENING.has(char)) {
					depth++;
					if (depth === 2 && key === member) {
						inMember = true;
						rest += text.slice(from, i + 1);
						from = i + 1;
					} else if (depth === 3 && inMember) {
						from = i;
					}
				} else if (CLOSING.has(char)) {
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
