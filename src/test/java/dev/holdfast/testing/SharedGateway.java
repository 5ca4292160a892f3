package dev.holdfast.testing;

import java.util.List;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store.CloseableResource;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

import static org.awaitility.Awaitility.await;

/**
 * A packaged gateway and its etcd for all tests that leave both as they were. It is
 * started for the first of them and told to end after the last, which it must do in order
 * and without having logged a defect. What a class registers has names of its own, and
 * the classes run one after the other ({@code SAME_THREAD}): some judge the whole
 * registry.
 */
public final class SharedGateway implements CloseableResource {

	/** The token of its operators. */
	public static final String TOKEN = "token-of-these-tests";

	private static final Namespace NAMESPACE = Namespace.create(SharedGateway.class);

	private static final int SIGTERM = 128 + 15;

	private final Closer closer = new Closer();

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final EtcdKeys keys = this.closer.register(new EtcdKeys(this.etcd.endpoint()));

	private final GatewayProcess process;

	private SharedGateway() {
		try {
			this.process = this.closer.register(GatewayProcess.with(this.etcd.endpoint())
				.arguments("--holdfast.admin.token=" + TOKEN, "--holdfast.upstream.forget-after=1s",
						"--holdfast.registry.sources[0].prefix=/services/",
						"--holdfast.registry.sources[1].prefix=openim/",
						"--holdfast.registry.sources[2].prefix=/microservices/")
				.start());
			await().until(() -> this.process.status().path("state").asText().equals("LIVE"));
		}
		catch (RuntimeException ex) {
			this.closer.close();
			throw ex;
		}
	}

	/**
	 * The etcd that it follows.
	 * @return the etcd, which nobody stops
	 */
	public EtcdProcess etcd() {
		return this.etcd;
	}

	/**
	 * Writes into its etcd.
	 * @return what writes
	 */
	public EtcdKeys keys() {
		return this.keys;
	}

	/**
	 * The gateway.
	 * @return the process, which nobody stops
	 */
	public GatewayProcess process() {
		return this.process;
	}

	@Override
	public void close() {
		try (this.closer) {
			int status = this.process.stop();
			List<String> defects = this.process.defects();
			if (status != SIGTERM || !defects.isEmpty()) {
				throw new AssertionError("The shared gateway ended with status %d (expected: %d) and defects %s; %s"
					.formatted(status, SIGTERM, defects, this.process.tail()));
			}
		}
	}

	/**
	 * Gives it to the tests.
	 */
	public static final class Extension implements ParameterResolver {

		@Override
		public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
			return parameter.getParameter().getType() == SharedGateway.class;
		}

		@Override
		public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
			return context.getRoot()
				.getStore(NAMESPACE)
				.getOrComputeIfAbsent(SharedGateway.class, (key) -> new SharedGateway(), SharedGateway.class);
		}

	}

}
