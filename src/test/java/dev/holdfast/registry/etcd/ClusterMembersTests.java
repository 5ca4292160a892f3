package dev.holdfast.registry.etcd;

import java.net.URI;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.registry.MemberState;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ClusterMembersTests {

	private final ClusterMembers members = new ClusterMembers(urls("https://etcd-1:2379", "https://etcd-2:2379"));

	@Test
	void membersThatTheClusterListsTakeTheirTurnsAfterTheEndpoints() {
		this.members.discovered(urls("https://etcd-2:2379", "https://10.0.0.3:2379"));
		assertThat(turns(4)).containsExactly("https://etcd-1:2379", "https://etcd-2:2379", "https://10.0.0.3:2379",
				"https://etcd-1:2379");
	}

	@Test
	void whatIsKnownOfAMemberOutlivesTheNextListAndAMemberThatLeftIsForgotten() {
		this.members.discovered(urls("https://10.0.0.3:2379", "https://10.0.0.4:2379"));
		IntStream.range(0, 3).mapToObj((i) -> this.members.next()).toList().getLast().answered();
		this.members.discovered(urls("https://10.0.0.3:2379"));
		assertThat(this.members.states()).containsExactly(MemberState.unknown("https://etcd-1:2379"),
				MemberState.unknown("https://etcd-2:2379"), MemberState.answered("https://10.0.0.3:2379"));
	}

	@Test
	void aClusterThatListsNobodyLeavesTheEndpoints() {
		this.members.discovered(List.of());
		assertThat(turns(3)).containsExactly("https://etcd-1:2379", "https://etcd-2:2379", "https://etcd-1:2379");
	}

	@Test
	void urlsThatAreNotOfTheSameSchemeOrPointToTheGatewayItselfArePassedOver() {
		this.members.discovered(urls("http://10.0.0.3:2379", "https://localhost:2379", "https://127.0.0.1:2379",
				"https://[::1]:2379", "https://0.0.0.0:2379", "unix://etcd", "https://etcd-3"));
		assertThat(this.members.states()).hasSize(2);
	}

	@Test
	void loopbackAddressesAreUsedWhereAnEndpointIsOne() {
		ClusterMembers local = new ClusterMembers(urls("http://localhost:2379"));
		local.discovered(urls("http://127.0.0.1:22379"));
		assertThat(local.states()).extracting(MemberState::url)
			.containsExactly("http://localhost:2379", "http://127.0.0.1:22379");
	}

	private List<String> turns(int count) {
		return Stream.generate(this.members::next).limit(count).map((member) -> member.url().toString()).toList();
	}

	private static List<URI> urls(String... urls) {
		return Stream.of(urls).map(URI::create).toList();
	}

}
