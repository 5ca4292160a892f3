package dev.holdfast.service;

import java.net.InetAddress;
import java.net.UnknownHostException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class HostLookupTests {

	private final HostLookup lookup = HostLookup.system();

	@ParameterizedTest
	@ValueSource(strings = { "localhost", "LOCALHOST.", "orders.localhost" })
	void namesOfTheMachineItselfHaveBothLoopbackAddresses(String name) throws UnknownHostException {
		assertThat(this.lookup.lookUp(name)).extracting(InetAddress::getHostAddress)
			.contains("127.0.0.1", "0:0:0:0:0:0:0:1")
			.doesNotHaveDuplicates();
	}

	@Test
	void anAddressStandsForItself() throws UnknownHostException {
		assertThat(this.lookup.lookUp("10.0.0.1")).containsExactly(InetAddress.getByName("10.0.0.1"));
	}

	@Test
	void aNameWithoutAnAddressIsUnknown() {
		assertThatThrownBy(() -> this.lookup.lookUp("nobody.invalid")).isInstanceOf(UnknownHostException.class);
	}

}
