package dev.holdfast.proxy.client;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The connections that are open on one event loop. Each knows its place among them, so
 * that one comes and goes in no time however many there are.
 */
final class OpenConnections {

	private final ArrayList<ServedConnection> all = new ArrayList<>();

	void add(ServedConnection connection) {
		connection.place = this.all.size();
		this.all.add(connection);
	}

	void remove(ServedConnection connection) {
		ServedConnection last = this.all.removeLast();
		if (!last.equals(connection)) {
			last.place = connection.place;
			this.all.set(last.place, last);
		}
	}

	void replace(ServedConnection connection, ServedConnection replacement) {
		replacement.place = connection.place;
		this.all.set(replacement.place, replacement);
	}

	/**
	 * Show each to somebody who may close it.
	 */
	void forEach(Consumer<? super ServedConnection> action) {
		List.copyOf(this.all).forEach(action);
	}

	int size() {
		return this.all.size();
	}

}
