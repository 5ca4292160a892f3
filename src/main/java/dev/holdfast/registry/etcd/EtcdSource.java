package dev.holdfast.registry.etcd;

import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

import javax.net.ssl.SSLException;

import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.Signal;
import dev.holdfast.tls.TlsMaterial;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import org.jspecify.annotations.Nullable;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Registrations in etcd. Every connection is a client of its own on one member: jetcd's
 * channel cannot be told to try again now, and its balancing hides which member answers.
 */
public final class EtcdSource implements RegistrySource {

	static {
		ProtobufMemory.avoidWarning();
	}

	private final EtcdSettings settings;

	private final Limits limits;

	private final Resolver resolver;

	private final Members members;

	private final PageSize pageSize;

	private volatile @Nullable EtcdConnection running;

	/**
	 * Creates the source; connects to nothing yet.
	 * @param settings how to reach etcd
	 */
	public EtcdSource(EtcdSettings settings) {
		this(settings, Limits.USUAL, Resolver.system());
	}

	EtcdSource(EtcdSettings settings, Limits limits, Resolver resolver) {
		this.settings = settings;
		this.limits = limits;
		this.resolver = resolver;
		this.members = new Members(settings.endpoints());
		this.pageSize = new PageSize(limits.pageSize());
	}

	@Override
	public RegistryConnection connect(Consumer<Signal> sink) {
		EtcdConnection connection = new EtcdConnection(this::dial, this.settings, this.limits, this.pageSize,
				this.members, sink);
		this.running = connection;
		return connection;
	}

	/**
	 * Ends the running connection, if there is one, so that the next one is made with the
	 * TLS material of now: etcd would go on accepting a certificate that has expired or
	 * was withdrawn for as long as the connection lasts.
	 */
	public void tlsChanged() {
		EtcdConnection connection = this.running;
		if (connection != null) {
			connection.giveUp(EndCause.TLS_CHANGED, "the TLS material changed: a new connection is made with it");
		}
	}

	/**
	 * Makes a client; takes time.
	 */
	private Dialled dial(Member member) {
		Optional<InetAddress> address = member.next(this.resolver.resolve(member.url().getHost()));
		return address.map((one) -> dial(member.url(), one.getHostAddress()))
			.orElseGet(() -> new Dialled(builder(member.url()).target(target(member.url().getRawAuthority())).build(),
					member.url().toString()));
	}

	private Dialled dial(URI url, String address) {
		String literal = address.contains(":") ? "[%s]".formatted(address) : address;
		Client client = builder(url).target(target(literal + ":" + url.getPort()))
			// What the certificate must be for.
			.authority(url.getRawAuthority())
			.build();
		return new Dialled(client, "%s (%s)".formatted(url, address));
	}

	private ClientBuilder builder(URI url) {
		ClientBuilder builder = Client.builder()
			.loadBalancerPolicy("pick_first")
			// A call to a member that cannot be reached fails rather than queues.
			.waitForReady(false)
			.connectTimeout(this.settings.connectTimeout())
			.keepaliveTime(this.settings.keepaliveTime())
			.keepaliveTimeout(this.settings.keepaliveTimeout())
			// etcd answers pings on an idle connection with GOAWAY (jetcd#1041).
			.keepaliveWithoutCalls(false)
			.maxInboundMessageSize(this.limits.messageSize())
			.retryMaxAttempts(0)
			.interceptor(new Deadline());
		if (url.getScheme().equalsIgnoreCase("https")) {
			builder.sslContext(sslContext());
		}
		this.settings.credentials()
			.ifPresent((credentials) -> builder.user(EtcdKey.bytes(credentials.username()))
				.password(EtcdKey.bytes(credentials.password())));
		return builder;
	}

	private SslContext sslContext() {
		try {
			SslContextBuilder builder = GrpcSslContexts.forClient();
			this.settings.tls().ifPresent((tls) -> {
				TlsMaterial material = tls.get();
				builder.keyManager(material.keys()).trustManager(material.trust());
				if (!material.protocols().isEmpty()) {
					builder.protocols(material.protocols());
				}
				if (!material.ciphers().isEmpty()) {
					builder.ciphers(material.ciphers(), SupportedCipherSuiteFilter.INSTANCE);
				}
			});
			return builder.build();
		}
		catch (SSLException ex) {
			throw new IllegalStateException("the TLS material cannot be used: " + ex.getMessage(), ex);
		}
	}

	/**
	 * The brackets of an IPv6 address may not stand in a path, which they are in here.
	 */
	static String target(String authority) {
		return "dns:///" + authority.replace("[", "%5B").replace("]", "%5D");
	}

	@Override
	public List<MemberState> members() {
		return this.members.states();
	}

	/**
	 * A client and where it connects to.
	 *
	 * @param client connects at its first call
	 * @param place the member's URL, and its address where it has several
	 */
	record Dialled(Client client, String place) {
	}

	/**
	 * How much is taken in at once.
	 *
	 * @param messageSize bytes of one message; a watch response above jetcd's default of
	 * 4 MiB would end the watch (jetcd#745)
	 * @param pageSize records of one page: well below etcd's limits on a response, few
	 * enough to be quick
	 * @param alarmInterval the least time between two questions for the cluster's alarms
	 */
	record Limits(int messageSize, int pageSize, Duration alarmInterval) {

		static final Limits USUAL = new Limits(256 * 1024 * 1024, 2_000, Duration.ofSeconds(30));

	}

	/**
	 * Gives every unary call an end: jetcd sets none, not for its logins either, and a
	 * future that nobody waits for any more leaves its call behind (jetcd#1161,
	 * jetcd#1226).
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
