package dev.holdfast.outage;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

import dev.holdfast.testing.TcpProxy;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a gateway can find when it starts.
 */
final class StartRows {

	private static final Pattern REFUSED = Pattern.compile("refused");

	private static final Pattern SILENT = Pattern.compile("DEADLINE_EXCEEDED|not been asked yet|UNAVAILABLE");

	static final List<Outage<Starts>> ALL = List.of(
			row("etcd absent at start, with a snapshot", TcpProxy::refuse, UnaryOperator.identity())
				.told(new Told.FromDisk(REFUSED))
				.essential(),
			row("etcd silent at start, with a snapshot", TcpProxy::blackhole, UnaryOperator.identity())
				.told(new Told.FromDisk(SILENT)),
			row("etcd absent at start, without a snapshot", TcpProxy::refuse, (saved) -> "")
				.told(new Told.Empty(REFUSED)),
			ignored("etcd absent at start, snapshot corrupt", (saved) -> saved.replace("orders", "odders"), "checksum")
				.essential(),
			ignored("etcd absent at start, snapshot truncated", (saved) -> saved.substring(0, saved.length() / 2), ""),
			ignored("etcd absent at start, snapshot from a newer schema",
					(saved) -> saved.replaceFirst("\"schema\":\\d+", "\"schema\":9"), "schema"));

	private StartRows() {
	}

	private static Outage<Starts> row(String name, Consumer<TcpProxy> network, UnaryOperator<String> snapshot) {
		return Outage.<Starts>of(name).fault((stage) -> {
			network.accept(stage.proxy());
			stage.start(snapshot.apply(stage.saved()));
		}).repair((stage) -> stage.proxy().pass());
	}

	private static Outage<Starts> ignored(String name, UnaryOperator<String> damage, String reason) {
		return row(name, TcpProxy::refuse, damage).told(new Told.Empty(REFUSED))
			.meanwhile((stage) -> assertThat(stage.gateway().log()).containsPattern("Ignored the snapshot.*" + reason));
	}

}
