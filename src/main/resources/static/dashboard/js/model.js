/**
 * What the event stream tells, kept small: of an instance its id and weight alone, since
 * there may be 100 000. What is shown of a service is asked for when it is looked at.
 */

/**
 * @typedef {{name: string, revision: number, instances: Map<string, number>}} ServiceEntry
 * @typedef {{state: string, cause: string, since: string, asOf: string | null, frozen: object | null,
 *   unreadable: number}} Standing
 * @typedef {{sequence: number, service: string, revision: number, time: string, cause: string,
 *   instance: string, detail: string}} Change
 * @typedef {{service: string, instance: string, reason: string, evidence: string, since: string,
 *   deadline: string | null, keptUntil: string | null}} Held
 */

/** So many changes are kept to be shown; all of them are in the gateway's journal. */
export const MAX_CHANGES = 500;

/** Beyond so many services that changed since they were last taken, all of them count as changed. */
const MAX_TOUCHED = 2000;

/** @param {string} service @param {string} instance */
export const heldKey = (service, instance) => `${service}\n${instance}`;

const compared = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** @param {Held} a @param {Held} b */
const bySoonest = (a, b) => compared(a.deadline ?? '9', b.deadline ?? '9') || compared(a.service, b.service) || compared(a.instance, b.instance);

/** Return the first of all in an order; of many only those are put in order. */
function firstOf(all, limit, order) {
	if (limit === Infinity) {
		return [...all].sort(order);
	}
	const first = [];
	for (const item of all) {
		if (first.length === limit && order(item, first[limit - 1]) >= 0) {
			continue;
		}
		let low = 0;
		let high = first.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if (order(first[middle], item) <= 0) {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		first.splice(low, 0, item);
		first.length = Math.min(first.length, limit);
	}
	return first;
}

export function createModel() {
	/** @type {Map<string, ServiceEntry>} */
	let services = new Map();
	/** @type {Map<string, Held>} */
	let held = new Map();
	/** @type {{limit: number, items: Held[]} | null} null when it has to be found anew */
	let soonest = null;
	/** @type {Change[]} newest last */
	let changes = [];
	let lastSequence = 0;
	let omitted = 0;
	let instances = 0;
	let eventId = null;
	/** @type {Standing | null} */
	let standing = null;
	/** @type {Set<string>} */
	let touched = new Set();
	let allTouched = false;
	let version = 0;

	const touch = (name) => {
		if (touched.size < MAX_TOUCHED) {
			touched.add(name);
		} else {
			allTouched = true;
		}
	};

	const entry = (service) => ({
		name: service.name,
		revision: service.revision,
		instances: new Map(service.instances.map((instance) => [instance.id, instance.weight])),
	});

	const applyService = (change) => {
		const before = services.get(change.name);
		instances -= before ? before.instances.size : 0;
		if (!change.known) {
			services.delete(change.name);
		} else {
			const now = before ?? { name: change.name, revision: 0, instances: new Map() };
			now.revision = change.revision;
			change.removed.forEach((id) => now.instances.delete(id));
			change.put.forEach((instance) => now.instances.set(instance.id, instance.weight));
			instances += now.instances.size;
			services.set(change.name, now);
		}
		touch(change.name);
	};

	const applyHeld = (change) => {
		soonest = null;
		for (const { service, instance } of change.removed) {
			held.delete(heldKey(service, instance));
			touch(service);
		}
		for (const removal of change.put) {
			held.set(heldKey(removal.service, removal.instance), removal);
			touch(removal.service);
		}
	};

	const addChanges = (added, missing) => {
		const fresh = added.filter((change) => change.sequence > lastSequence);
		if (fresh.length === 0) {
			return;
		}
		omitted += missing;
		lastSequence = fresh[fresh.length - 1].sequence;
		changes.push(...fresh);
		if (changes.length > MAX_CHANGES * 1.5) {
			changes = changes.slice(-MAX_CHANGES);
		}
	};

	return {
		/** The id of the last event that was applied, null while there is no state. */
		get eventId() {
			return eventId;
		},
		get standing() {
			return standing;
		},
		/** Rises with everything that is applied. */
		get version() {
			return version;
		},
		get totals() {
			return { services: services.size, instances };
		},
		/** @returns {ServiceEntry | undefined} */
		service: (name) => services.get(name),
		/**
		 * Return held removals, those that are dropped soonest first.
		 * @param {number} [limit] how many of them are wanted: sorting all of 100 000 would stop the page
		 */
		held(limit = Infinity) {
			if (soonest === null || soonest.limit !== limit) {
				soonest = { limit, items: firstOf(held.values(), limit, bySoonest) };
			}
			return soonest.items;
		},
		get heldCount() {
			return held.size;
		},
		/** Return the newest changes, the newest first. */
		changes: (limit = MAX_CHANGES) => changes.slice(-limit).reverse(),
		/** How many changes were not told, because there were more than are streamed. */
		get omitted() {
			return omitted;
		},
		get lastSequence() {
			return lastSequence;
		},

		/**
		 * Begins to read a state; nothing changes until it is complete.
		 * @returns {{add: (service: object) => void, complete: (rest: object) => void}}
		 */
		beginState() {
			/** @type {Map<string, ServiceEntry>} */
			const found = new Map();
			let size = 0;
			return {
				add(service) {
					found.set(service.name, entry(service));
					size += service.instances.length;
				},
				complete(rest) {
					services = found;
					instances = size;
					soonest = null;
					held = new Map(rest.held.map((removal) => [heldKey(removal.service, removal.instance), removal]));
					standing = rest.standing;
					eventId = rest.eventId;
					allTouched = true;
					version++;
				},
			};
		},

		/**
		 * Applies an event that continues what is known.
		 * @param {number} id
		 * @param {string} name
		 * @param {any} data
		 */
		apply(id, name, data) {
			if (eventId !== null && id <= eventId) {
				return;
			}
			switch (name) {
				case 'service':
					applyService(data);
					break;
				case 'status':
					standing = data;
					break;
				case 'held':
					applyHeld(data);
					break;
				case 'changes':
					addChanges(data.changes, data.omitted);
					break;
				default:
					// An event of a newer gateway: what it tells is asked for as well.
					allTouched = true;
			}
			eventId = id;
			version++;
		},

		/** Goes on from the id that a gateway names first. */
		continueFrom(id) {
			eventId = id;
		},

		/** Takes changes from the journal, the oldest first. */
		addChanges(list) {
			addChanges(list, 0);
			version++;
		},

		/** Takes changes from before the first one that was told, the oldest first. */
		addEarlierChanges(list) {
			const first = changes[0]?.sequence ?? Infinity;
			const earlier = list.filter((change) => change.sequence < first);
			changes = [...earlier, ...changes];
			lastSequence = Math.max(lastSequence, changes.at(-1)?.sequence ?? 0);
			version++;
		},

		/** Forgets the changes of a gateway that is not there any more: another one counts anew. */
		forgetChanges() {
			changes = [];
			lastSequence = 0;
			omitted = 0;
			version++;
		},

		/** Takes what was read while there is no stream. */
		replace({ standing: newStanding, held: newHeld }) {
			if (newStanding) {
				standing = newStanding;
			}
			if (newHeld) {
				soonest = null;
				held = new Map(newHeld.map((removal) => [heldKey(removal.service, removal.instance), removal]));
			}
			version++;
		},

		/** Return which services have changed since the last time. */
		takeTouched() {
			const taken = { names: touched, all: allTouched };
			touched = new Set();
			allTouched = false;
			return taken;
		},
	};
}
