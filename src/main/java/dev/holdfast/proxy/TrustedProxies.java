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
 * The peers whose forwarding fields are believed.
 */
public final class TrustedProxies {

	private final List<IpSubnetFilterRule> blocks;

	/**
	 * Read addresses and blocks.
	 * @param blocks the addresses and blocks
	 * @throws IllegalArgumentException if one of them is neither
	 */
	public TrustedProxies(List<String> blocks) {
		this.blocks = blocks.stream().map(TrustedProxies::parse).toList();
	}

	/**
	 * Whether a peer is one of them.
	 * @param address an IP address in its text form
	 */
	public boolean contains(String address) {
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

	/**
	 * Whether a text is an IP address or a CIDR block.
	 * @param text the text
	 */
	public static boolean isAddressOrBlock(String text) {
		int slash = text.indexOf('/');
		byte[] address = NetUtil.createByteArrayFromIpAddressString((slash < 0) ? text : text.substring(0, slash));
		if (address == null || slash < 0) {
			return address != null;
		}
		String bits = text.substring(slash + 1);
		return bits.matches("[0-9]{1,3}") && Integer.parseInt(bits) <= address.length * Byte.SIZE;
	}

	private static IpSubnetFilterRule parse(String text) {
		if (!isAddressOrBlock(text)) {
			throw invalid(text, null);
		}
		int slash = text.indexOf('/');
		byte[] bytes = NetUtil.createByteArrayFromIpAddressString((slash < 0) ? text : text.substring(0, slash));
		int bits = (slash < 0) ? bytes.length * Byte.SIZE : Integer.parseInt(text.substring(slash + 1));
		try {
			return new IpSubnetFilterRule(InetAddress.getByAddress(bytes), bits, IpFilterRuleType.ACCEPT);
		}
		catch (UnknownHostException ex) {
			throw invalid(text, ex);
		}
	}

	private static IllegalArgumentException invalid(String text, @Nullable Exception cause) {
		return new IllegalArgumentException(
				"trusted-proxies: \"%s\" (expected: an IP address or a CIDR block such as 10.0.0.0/8)".formatted(text),
				cause);
	}

}
