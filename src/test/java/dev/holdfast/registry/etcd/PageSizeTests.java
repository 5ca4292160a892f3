package dev.holdfast.registry.etcd;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class PageSizeTests {

	private final PageSize size = new PageSize(100);

	@Test
	void itHalvesDownToOneRecordAndDoublesUpToWhereItBegan() {
		assertThat(this.size.shrink(100)).isTrue();
		assertThat(this.size.current()).isEqualTo(50);
		assertThat(this.size.shrink(50)).isTrue();
		assertThat(this.size.shrink(25)).isTrue();
		assertThat(this.size.current()).isEqualTo(12);
		this.size.grow();
		assertThat(this.size.current()).isEqualTo(24);
		this.size.grow();
		this.size.grow();
		this.size.grow();
		assertThat(this.size.current()).isEqualTo(100);
	}

	@Test
	void thereIsNoPageSmallerThanOneRecord() {
		assertThat(this.size.shrink(1)).isFalse();
		assertThat(this.size.current()).isEqualTo(1);
	}

	@Test
	void aLateFailureOfALargePageDoesNotShrinkASmallOne() {
		this.size.shrink(10);
		this.size.shrink(100);
		assertThat(this.size.current()).isEqualTo(5);
	}

}
