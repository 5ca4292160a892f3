package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class HeaderFieldsTests {

	private final HeaderFields fields = new HeaderFields();

	@Test
	void fieldsStandInTheirOrderAsLines() {
		this.fields.add("Host", "a");
		this.fields.add("X-A", "\u00e4");
		assertThat(this.fields).hasToString("Host: a\r\nX-A: \u00e4\r\n");
		assertThat(this.fields.size()).isEqualTo(2);
		assertThat(this.fields.name(1) + "=" + this.fields.value(1)).isEqualTo("X-A=\u00e4");
		assertThat(this.fields.kind(0)).isEqualTo(HeaderKind.HOST);
		assertThat(this.fields.length()).isEqualTo(this.fields.toString().length());
	}

	@Test
	void fieldsAreFoundByNameAndKindInAnyCase() {
		this.fields.add("x-a", "1");
		this.fields.add("CONNECTION", "2");
		this.fields.add("X-A", "3");
		this.fields.add("connection", "4");
		assertThat(this.fields.indexOf("X-a")).isZero();
		assertThat(this.fields.get("X-A")).isEqualTo("1");
		assertThat(this.fields.get("X-B")).isNull();
		assertThat(this.fields.indexOf(HeaderKind.CONNECTION)).isEqualTo(1);
		assertThat(this.fields.lastIndexOf(HeaderKind.CONNECTION)).isEqualTo(3);
		assertThat(this.fields.count(HeaderKind.CONNECTION)).isEqualTo(2);
		assertThat(this.fields.joined(HeaderKind.CONNECTION, ", ")).isEqualTo("2, 4");
		assertThat(this.fields.indexOf(HeaderKind.VIA) + this.fields.lastIndexOf(HeaderKind.VIA)).isEqualTo(-2);
		assertThat(this.fields.joined(HeaderKind.VIA, ", ")).isNull();
	}

	@Test
	void valuesAreCompared() {
		this.fields.add("A", "Text/Html; x");
		assertThat(this.fields.hasValue(0, "text/html; X")).isTrue();
		assertThat(this.fields.hasValue(0, "text/html")).isFalse();
		assertThat(this.fields.hasExactValue(0, "Text/Html; x")).isTrue();
		assertThat(this.fields.hasExactValue(0, "text/Html; x")).isFalse();
		assertThat(this.fields.valueBeginsWith(0, "text/html")).isTrue();
		assertThat(this.fields.valueBeginsWith(0, "text/html; xy")).isFalse();
	}

	@Test
	void blocksGrow() {
		StringBuilder expected = new StringBuilder();
		for (int i = 0; i < 100; i++) {
			this.fields.add("X-" + i, "v".repeat(i));
			expected.append("X-").append(i).append(": ").append("v".repeat(i)).append("\r\n");
		}
		assertThat(this.fields).hasToString(expected.toString());
		HeaderFields copy = new HeaderFields();
		copy.addAll(this.fields);
		copy.addAll(this.fields, 98, 100);
		assertThat(copy.size()).isEqualTo(102);
		assertThat(copy.value(101)).hasSize(99);
		assertThat(copy.name(50)).isEqualTo("X-50");
	}

	@Test
	void fieldsAreRemoved() {
		this.fields.add("A", "1");
		this.fields.add("Via", "2");
		this.fields.add("a", "3");
		this.fields.add("B", "4");
		this.fields.remove("A");
		assertThat(this.fields).hasToString("Via: 2\r\nB: 4\r\n");
		assertThat(this.fields.name(1) + this.fields.value(1)).isEqualTo("B4");
		this.fields.remove(HeaderKind.VIA);
		assertThat(this.fields.has(HeaderKind.VIA)).isFalse();
		this.fields.add("C", "5");
		assertThat(this.fields).hasToString("B: 4\r\nC: 5\r\n");
	}

	@Test
	void fieldsOfSomeKindsAreCopiedInRuns() {
		this.fields.add("Host", "a");
		this.fields.add("B", "1");
		this.fields.add("C", "2");
		this.fields.add("Via", "3");
		this.fields.add("D", "4");
		HeaderFields out = new HeaderFields();
		out.add("First", "0");
		this.fields.copyTo(out, HeaderKind.mask(HeaderKind.ORDINARY));
		assertThat(out).hasToString("First: 0\r\nB: 1\r\nC: 2\r\nD: 4\r\n");
		assertThat(out.value(3)).isEqualTo("4");
		assertThat(out.has(HeaderKind.HOST)).isFalse();
	}

	@Test
	void linesAreMadeOfWhatWasLoaded() {
		ByteBuf in = Unpooled.copiedBuffer("start\r\nA: b\r\nC  :  d  \r\nskipped\r\nEf:g\r\n",
				StandardCharsets.ISO_8859_1);
		assertThat(this.fields.load(in)).isEqualTo(in.readerIndex());
		this.fields.beginAt(7, this.fields.loaded());
		this.fields.take(HeaderKind.ORDINARY, 7, 8, 10, 11);
		this.fields.take(HeaderKind.ORDINARY, 13, 14, 19, 20);
		this.fields.take(HeaderKind.ORDINARY, 33, 35, 36, 37);
		assertThat(this.fields).hasToString("A: b\r\nC: d\r\nEf: g\r\n");
		assertThat(this.fields.name(2) + this.fields.value(2)).isEqualTo("Efg");
		this.fields.add("H", "i");
		assertThat(this.fields).hasToString("A: b\r\nC: d\r\nEf: g\r\nH: i\r\n");
	}

	@Test
	void linesAreWritten() {
		this.fields.add("A", "b");
		ByteBuf out = Unpooled.buffer();
		this.fields.writeTo(out);
		assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("A: b\r\n");
		byte[] bytes = new byte[8];
		this.fields.writeTo(bytes, 1);
		assertThat(bytes).containsExactly(0, 'A', ':', ' ', 'b', '\r', '\n', 0);
	}

	@Test
	void noneTakesNothing() {
		assertThatExceptionOfType(UnsupportedOperationException.class)
			.isThrownBy(() -> HeaderFields.NONE.add("A", "b"));
		assertThat(HeaderFields.NONE.isEmpty()).isTrue();
	}

}
