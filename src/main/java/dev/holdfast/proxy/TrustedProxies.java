package dev.holdfast.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * The peers whose forwarding headers are believed.
 */
final class TrustedProxies {

	private final List<IpSubnetFilterRule> blocks;

	/**
	 * Reads addresses and blocks.
	 * @throws IllegalArgumentException if one of them is neither
	 */
	TrustedProxies(List<String> blocks) {
		this.blocks = blocks.stream().map(TrustedProxies::parse).toList();
	}

	/**
	 * Tells whether a peer is one of them.
	 * @param address an IP address in its text form
	 */
	boolean contains(String address) {
		if (this.blocks.isEmpty()) {
			return false;
		}
		InetAddress parsed = NetUtil.createInetAddressFromIpAddressString(address);
		if (parsed == null) {
			return false;
		}
		InetSocketAddress peer = new InetSocketAddress(parsed, 0);
		for (IpSubnetFilterRule block : this.blocks) {
			if (block.matches(peer)) {
				return true;
			}
		}
		return false;
	}

	private static IpSubnetFilterRule parse(String text) {
		int slash = text.indexOf('/');
		String address = (slash < 0) ? text : text.substring(0, slash);
		byte[] bytes = NetUtil.createByteArrayFromIpAddressString(address);
		try {
			if (bytes != null) {
				int bits = (slash < 0) ? bytes.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
				return new IpSubnetFilterRule(InetAddress.getByAddress(bytes), bits, IpFilterRuleType.ACCEPT);
			}
		}
		catch (IllegalArgumentException | UnknownHostException ex) {
			throw invalid(text, ex);
		}
		throw invalid(text, null);
	}

	private static IllegalArgumentException invalid(String text, @Nullable Exception cause) {
		return new IllegalArgumentException(
				"trusted-proxies: \"%s\" (expected: an IP address or a CIDR block such as 10.0.0.0/8)".formatted(text),
				cause);
	}

}
