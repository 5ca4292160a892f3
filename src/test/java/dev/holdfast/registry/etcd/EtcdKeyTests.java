package dev.holdfast.registry.etcd;

import java.nio.charset.StandardCharsets;

import io.etcd.jetcd.ByteSequence;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdKeyTests {

	@Test
	void aKeyInUtf8IsItsText() {
		ByteSequence key = ByteSequence.from("/services/caf\u00e9/a", StandardCharsets.UTF_8);
		assertThat(EtcdKey.isText(key)).isTrue();
		assertThat(EtcdKey.text(key)).isEqualTo("/services/caf\u00e9/a");
	}

	@Test
	void keysThatAreNotUtf8StayDistinct() {
		ByteSequence one = ByteSequence.from(new byte[] { '/', 'a', (byte) 0xff });
		ByteSequence other = ByteSequence.from(new byte[] { '/', 'a', (byte) 0xfe });
		assertThat(EtcdKey.isText(one)).isFalse();
		assertThat(EtcdKey.text(one)).isEqualTo("/a\\xff");
		assertThat(EtcdKey.text(other)).isEqualTo("/a\\xfe");
	}

}
