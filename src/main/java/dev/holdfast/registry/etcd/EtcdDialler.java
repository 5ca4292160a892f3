package dev.holdfast.registry.etcd;

import java.net.InetAddress;
import java.net.URI;
import java.util.Collection;
import java.util.Optional;

import javax.net.ssl.SSLException;

import dev.holdfast.tls.TlsMaterial;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.ClientBuilder;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.WatchOption;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import io.grpc.netty.GrpcSslContexts;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

/**
 * Makes jetcd's clients, each on one member and with an end to every call.
 */
final class EtcdDialler {

	private static final Logger logger = LoggerFactory.getLogger(EtcdDialler.class);

	static {
		ProtobufMemory.avoidWarning();
	}

	private final EtcdSettings settings;

	private final int messageSize;

	private final Resolver resolver;

	/**
	 * Creates a dialler.
	 * @param settings how to reach etcd
	 * @param messageSize bytes of the largest message that is taken
	 * @param resolver finds the addresses of a member
	 */
	EtcdDialler(EtcdSettings settings, int messageSize, Resolver resolver) {
		this.settings = settings;
		this.messageSize = messageSize;
		this.resolver = resolver;
	}

	/**
	 * Makes a client; takes time, since names are looked up and certificates read.
	 * @param member what to connect to
	 * @throws IllegalStateException if the TLS material cannot be used
	 */
	Dialled dial(Member member) {
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
			.maxInboundMessageSize(this.messageSize)
			.retryMaxAttempts(0)
			.interceptor(new CallDeadline());
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

	/**
	 * A client and where it connects to.
	 *
	 * @param client connects at its first call
	 * @param place the member's URL, and its address where it has several
	 */
	record Dialled(Client client, String place) {

		/**
		 * Watches all keys below a prefix, on a member that has a leader alone.
		 * @param prefix the prefix
		 * @param fromRevision the first revision whose events are wanted
		 * @param listener hears of them on jetcd's thread
		 * @return what ends the watch
		 */
		Watch.Watcher watch(String prefix, long fromRevision, Watch.Listener listener) {
			WatchOption option = WatchOption.builder()
				.isPrefix(true)
				.withRevision(fromRevision)
				.withRequireLeader(true)
				.build();
			return this.client.getWatchClient().watch(EtcdKey.bytes(prefix), option, listener);
		}

		/**
		 * Ends the watches and then the client: jetcd's client leaves its channel open
		 * when a watcher's end throws.
		 * @param watchers all that it has
		 */
		void close(Collection<Watch.Watcher> watchers) {
			watchers.forEach((watcher) -> attempt(watcher::close));
			attempt(this.client::close);
		}

		private void attempt(Runnable end) {
			try {
				end.run();
			}
			catch (RuntimeException ex) {
				logger.debug("Closing the client on {} failed; it is dropped as it is", this.place, ex);
			}
		}

	}

	/**
	 * Gives every unary call an end: jetcd sets none, not for its logins either, and a
	 * future that nobody waits for any more leaves its call behind (jetcd#1161,
	 * jetcd#1226). The renewal of a lease is a stream, of which only one question and its
	 * answer are used here.
	 */
	private static final class CallDeadline implements ClientInterceptor {

		private static final String LEASES = "etcdserverpb.Lease";

		@Override
		public <Q, A> ClientCall<Q, A> interceptCall(MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
			boolean bounded = method.getType() == MethodDescriptor.MethodType.UNARY
					|| LEASES.equals(method.getServiceName());
			return next.newCall(method,
					bounded ? options.withDeadlineAfter(EtcdSettings.CALL_TIMEOUT.toNanos(), NANOSECONDS) : options);
		}

	}

}
