package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * What is known of a name, with the time moved by hand.
 */
class HostAddressesTests {

	private final FakeNames names = new FakeNames("10.0.0.1");

	private final FakeNames.Later later = new FakeNames.Later();

	private final HostAddresses host = this.names.resolver(this.later).of("orders.internal");

	@Test
	void isAskedOnceForAllWhoWait() throws Exception {
		assertThat(this.host.known()).isEmpty();
		assertThat(this.host.ask()).isSameAs(this.host.ask());
		assertThat(this.later.run()).isTrue();
		assertThat(this.later.run()).isFalse();
		assertThat(texts(this.host.known())).containsExactly("10.0.0.1");
	}

	@Test
	void freshAddressesAreUsedAndOldOnesWhileTheNextAreAskedFor() {
		learn();
		after(Duration.ofSeconds(10).minusNanos(1));
		assertThat(this.host.known()).isNotEmpty();
		assertThat(this.later.run()).isFalse();
		after(Duration.ofNanos(1));
		this.names.answer("10.0.0.2");
		assertThat(texts(this.host.known())).containsExactly("10.0.0.1");
		assertThat(this.later.run()).isTrue();
		assertThat(texts(this.host.known())).containsExactly("10.0.0.2");
	}

	@Test
	void theAnswerIsWaitedForWhenAddressesAreTooOldButNotForLong() {
		learn();
		after(Duration.ofSeconds(30));
		assertThat(this.host.known()).isEmpty();
		assertThat(Duration.ofNanos(this.host.patience(Duration.ofSeconds(1).toNanos())))
			.isEqualTo(Duration.ofMillis(250));
		after(Duration.ofMillis(250));
		assertThat(texts(this.host.known())).containsExactly("10.0.0.1");
	}

	@Test
	void addressesStayGoodWhileTheNameCannotBeLookedUp() {
		learn();
		this.names.answer();
		after(Duration.ofDays(1));
		assertThat(this.host.known()).isEmpty();
		assertThatThrownBy(() -> {
			var asked = this.host.ask();
			this.later.run();
			asked.get();
		}).isInstanceOf(ExecutionException.class).hasMessageContaining("orders.internal: no answer");
		assertThat(texts(this.host.last())).containsExactly("10.0.0.1");
		assertThat(texts(this.host.known())).containsExactly("10.0.0.1");
	}

	@Test
	void connectionsKeepTheirNameFresh() {
		learn();
		int version = this.host.version();
		after(Duration.ofSeconds(30).minusNanos(1));
		this.host.keepFresh();
		assertThat(this.later.run()).isFalse();
		after(Duration.ofNanos(1));
		this.names.answer("10.0.0.1");
		this.host.keepFresh();
		assertThat(this.later.run()).isTrue();
		assertThat(this.host.version()).isEqualTo(version);
		after(Duration.ofSeconds(30));
		this.names.answer("10.0.0.2");
		this.host.keepFresh();
		assertThat(this.later.run()).isTrue();
		assertThat(this.host.version()).isNotEqualTo(version);
	}

	@Test
	void isAskedAtOnceWhenNoAddressIsOfUse() {
		learn();
		this.host.doubt();
		assertThat(this.host.known()).isEmpty();
		assertThat(this.later.run()).isTrue();
		assertThat(texts(this.host.known())).containsExactly("10.0.0.1");
	}

	@Test
	void namesThatNobodyAsksForAreForgotten() {
		HostResolver resolver = this.names.resolver();
		HostAddresses used = resolver.of("used.internal");
		HostAddresses unused = resolver.of("unused.internal");
		after(Duration.ofMinutes(9));
		used.keepFresh();
		after(Duration.ofMinutes(1));
		resolver.of("another.internal");
		assertThat(resolver.of("used.internal")).isSameAs(used);
		assertThat(resolver.of("unused.internal")).isNotSameAs(unused);
	}

	@Test
	void aLookupThatBreaksDownIsNoAnswer() {
		HostAddresses asked = new HostResolver((name) -> {
			throw new LinkageError(name);
		}, this.later, this.names.now::get).of("orders.internal");
		CompletableFuture<List<InetAddress>> first = asked.ask();
		assertThatThrownBy(this.later::run).isInstanceOf(LinkageError.class);
		assertThat(first).isCompletedExceptionally();
		assertThat(asked.ask()).isNotSameAs(first);
	}

	@Test
	void aLookupThatCannotBeginIsNoAnswer() {
		AtomicInteger begun = new AtomicInteger();
		HostAddresses asked = this.names.resolver((task) -> {
			begun.incrementAndGet();
			throw new RejectedExecutionException();
		}).of("orders.internal");
		assertThatThrownBy(asked::ask).isInstanceOf(RejectedExecutionException.class);
		assertThatThrownBy(asked::ask).isInstanceOf(RejectedExecutionException.class);
		assertThat(begun).hasValue(2);
	}

	@Test
	void familiesTakeTurnsAndSoDoAddresses() {
		this.names.answer("10.0.0.1", "10.0.0.2", "fd00::1", "10.0.0.3");
		learn();
		List<List<String>> orders = List.of(order(), order(), order());
		assertThat(orders).allSatisfy((order) -> assertThat(order.get(1)).isEqualTo("fd00:0:0:0:0:0:0:1"));
		assertThat(orders).extracting(List::getFirst).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "10.0.0.3");
		assertThat(orders).allSatisfy((order) -> assertThat(order).hasSize(4).doesNotHaveDuplicates());
	}

	@Test
	void whatWasOfNoUseComesLastUntilOneConnectionTriesItAgain() throws Exception {
		this.names.answer("10.0.0.1", "10.0.0.2");
		learn();
		InetAddress dead = InetAddress.getByName("10.0.0.1");
		this.host.avoid(dead);
		for (int i = 0; i < 4; i++) {
			assertThat(order()).containsExactly("10.0.0.2", "10.0.0.1");
		}
		after(Duration.ofSeconds(30));
		assertThat(order()).containsExactly("10.0.0.1", "10.0.0.2");
		for (int i = 0; i < 4; i++) {
			assertThat(order()).containsExactly("10.0.0.2", "10.0.0.1");
		}
		this.host.favour(dead);
		assertThat(List.of(order().getFirst(), order().getFirst())).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2");
	}

	private void learn() {
		CompletableFuture<List<InetAddress>> asked = this.host.ask();
		assertThat(this.later.run()).isTrue();
		assertThat(asked).isCompleted();
	}

	private void after(Duration time) {
		this.names.now.addAndGet(time.toNanos());
	}

	private List<String> order() {
		return texts(this.host.inOrder(this.host.last()));
	}

	private static List<String> texts(List<InetAddress> addresses) {
		return addresses.stream().map(InetAddress::getHostAddress).toList();
	}

}
