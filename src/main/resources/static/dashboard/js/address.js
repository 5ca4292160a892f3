/** What is looked at, in the URL, so that it can be sent to others and survives a reload. */

const DEFAULTS = { q: '', status: '', sort: '-status', page: '0', size: '25', service: '', theme: 'auto' };

/** @typedef {typeof DEFAULTS} Address */

/** @returns {Address} */
export function readAddress(search = location.search) {
	const parameters = new URLSearchParams(search);
	const found = { ...DEFAULTS };
	for (const name of Object.keys(DEFAULTS)) {
		const value = parameters.get(name);
		if (value !== null) {
			found[name] = value;
		}
	}
	return { ...found, page: /^\d{1,6}$/.test(found.page) ? found.page : '0', size: /^(25|50|100|250)$/.test(found.size) ? found.size : '25' };
}

/** @param {Address} address */
export function writeAddress(address) {
	const parameters = new URLSearchParams();
	for (const [name, value] of Object.entries(address)) {
		if (value !== '' && value !== DEFAULTS[name]) {
			parameters.set(name, value);
		}
	}
	const text = parameters.toString();
	return text ? `?${text}` : '';
}

/**
 * @param {(address: Address, before: Address) => void} onChange
 */
export function createAddress(onChange) {
	let current = readAddress();

	const moved = (next) => {
		const before = current;
		current = next;
		onChange(current, before);
	};

	window.addEventListener('popstate', () => moved(readAddress()));
	return {
		get current() {
			return current;
		},
		/**
		 * Goes somewhere.
		 * @param {Partial<Address>} changes
		 * @param {{step?: boolean}} [options] whether the browser's Back leads here again
		 */
		go(changes, { step = false } = {}) {
			const next = { ...current, ...changes };
			const url = `${location.pathname}${writeAddress(next)}`;
			if (step) {
				history.pushState(null, '', url);
			} else {
				history.replaceState(null, '', url);
			}
			moved(next);
		},
	};
}
