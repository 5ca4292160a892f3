package dev.holdfast.outage;

import java.util.List;

/**
 * What can happen to etcd's name.
 */
final class NameRows {

	static final List<Outage<Names>> ALL = List
		.of(row("one of two endpoints has a DNS name that nobody knows").fault((stage) -> stage.proxy().reset())
			.briefly(), row("DNS name gone").fault((stage) -> {
				stage.forget();
				stage.proxy().refuse();
			}).repair((stage) -> {
				stage.proxy().pass();
				stage.know();
			}).stale("the name etcd\\.test has no address"));

	private NameRows() {
	}

	private static Outage<Names> row(String name) {
		return Outage.of(name);
	}

}
