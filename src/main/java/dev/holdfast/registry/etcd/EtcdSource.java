package dev.holdfast.registry.etcd;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.Signal;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Registrations in etcd. Every connection is a client of its own on one member: jetcd's
 * channel cannot be told to try again now, and its balancing hides which member answers.
 */
public final class EtcdSource implements RegistrySource {

	/**
	 * A watch response above jetcd's default of 4 MiB would end the watch (jetcd#745).
	 */
	private static final int MAX_MESSAGE_SIZE = 256 * 1024 * 1024;

	private final EtcdSettings settings;

	private final Members members;

	/**
	 * Creates the source; connects to nothing yet.
	 * @param settings how to reach etcd
	 */
	public EtcdSource(EtcdSettings settings) {
		this.settings = settings;
		this.members = new Members(settings.endpoints());
	}

	@Override
	public RegistryConnection connect(Consumer<Signal> sink) {
		int member = this.members.next();
		return new EtcdConnection(client(this.members.url(member)), this.settings.prefixes(), this.members, member,
				sink);
	}

	private Client client(URI url) {
		ClientBuilder builder = Client.builder()
			.target(target(url))
			.loadBalancerPolicy("pick_first")
			// A call to a member that cannot be reached fails rather than queues.
			.waitForReady(false)
			.connectTimeout(this.settings.connectTimeout())
			.keepaliveTime(this.settings.keepaliveTime())
			.keepaliveTimeout(this.settings.keepaliveTimeout())
			// etcd answers pings on an idle connection with GOAWAY (jetcd#1041).
			.keepaliveWithoutCalls(false)
			.maxInboundMessageSize(MAX_MESSAGE_SIZE)
			.retryMaxAttempts(0)
			.interceptor(new Deadline());
		this.settings.credentials()
			.ifPresent((credentials) -> builder.user(bytes(credentials.username()))
				.password(bytes(credentials.password())));
		return builder.build();
	}

	/**
	 * The brackets of an IPv6 address may not stand in a path, which they are in here.
	 */
	private static String target(URI url) {
		return "dns:///" + url.getRawAuthority().replace("[", "%5B").replace("]", "%5D");
	}

	private static ByteSequence bytes(String text) {
		return ByteSequence.from(text, StandardCharsets.UTF_8);
	}

	@Override
	public List<MemberState> members() {
		return this.members.states();
	}

	/**
	 * Gives every unary call an end: jetcd sets none, and a future that nobody waits for
	 * any more leaves its call behind (jetcd#1161, jetcd#1226).
	 */
	private static final class Deadline implements ClientInterceptor {

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			boolean unary = method.getType() == MethodDescriptor.MethodType.UNARY;
			return next.newCall(method,
					unary ? options.withDeadlineAfter(EtcdSettings.CALL_TIMEOUT.toNanos(), NANOSECONDS) : options);
		}

	}

}
