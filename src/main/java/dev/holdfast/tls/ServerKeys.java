package dev.holdfast.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;

import org.jspecify.annotations.Nullable;

/**
 * The certificates of a server, chosen by the name that the client asks for: the one of
 * exactly that name, else the one of the wildcard, else the default.
 *
 * <p>
 * A choice by key manager leaves the reading of the client's hello to the JDK, which
 * bounds its size, and needs one TLS context whatever the number of names.
 */
public final class ServerKeys extends X509ExtendedKeyManager {

	private static final String SEPARATOR = ":";

	private final List<X509ExtendedKeyManager> managers = new ArrayList<>();

	private final Map<String, Integer> named = new HashMap<>();

	/**
	 * Gathers the certificates as they are now.
	 * @param otherwise what clients get that ask for no name, or for none of these
	 * @param names what those get that ask for one of these
	 */
	public ServerKeys(TlsMaterial otherwise, Map<ServerName, TlsMaterial> names) {
		this.managers.add(otherwise.keyManager());
		names.forEach((name, material) -> {
			this.named.put(name.pattern(), this.managers.size());
			this.managers.add(material.keyManager());
		});
	}

	@Override
	public @Nullable String chooseEngineServerAlias(String keyType, Principal @Nullable [] issuers, SSLEngine engine) {
		int index = (engine.getHandshakeSession() instanceof ExtendedSSLSession session)
				? indexOf(session.getRequestedServerNames()) : 0;
		String alias = this.managers.get(index).chooseEngineServerAlias(keyType, issuers, engine);
		return (alias != null) ? index + SEPARATOR + alias : null;
	}

	private int indexOf(List<SNIServerName> asked) {
		for (SNIServerName one : asked) {
			if (one instanceof SNIHostName host) {
				return indexOf(host.getAsciiName().toLowerCase(Locale.ROOT));
			}
		}
		return 0;
	}

	private int indexOf(String name) {
		Integer exact = this.named.get(name);
		return (exact != null) ? exact : this.named.getOrDefault(ServerName.wildcardOf(name), 0);
	}

	@Override
	public X509Certificate @Nullable [] getCertificateChain(String alias) {
		return manager(alias).getCertificateChain(own(alias));
	}

	@Override
	public @Nullable PrivateKey getPrivateKey(String alias) {
		return manager(alias).getPrivateKey(own(alias));
	}

	private X509ExtendedKeyManager manager(String alias) {
		return this.managers.get(Integer.parseInt(alias.substring(0, alias.indexOf(SEPARATOR))));
	}

	private static String own(String alias) {
		return alias.substring(alias.indexOf(SEPARATOR) + 1);
	}

	@Override
	public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, Socket socket) {
		return null;
	}

	@Override
	public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
		return null;
	}

	@Override
	public @Nullable String chooseClientAlias(String[] keyType, Principal @Nullable [] issuers,
			@Nullable Socket socket) {
		return null;
	}

}
