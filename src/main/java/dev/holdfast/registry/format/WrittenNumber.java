package dev.holdfast.registry.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ValueNode;

/**
 * A number with a fraction or an exponent that is shown as it was written: operators look
 * for {@code 1.50e1} in their registry, not for 15.
 */
final class WrittenNumber extends DecimalNode {

	private static final long serialVersionUID = 1L;

	private final String written;

	private WrittenNumber(BigDecimal value, String written) {
		super(value);
		this.written = written;
	}

	@Override
	public String toString() {
		return this.written;
	}

	@Override
	public boolean equals(Object other) {
		return super.equals(other);
	}

	@Override
	public int hashCode() {
		return super.hashCode();
	}

	/**
	 * Makes the nodes of one text.
	 */
	static final class Factory extends JsonNodeFactory {

		private static final long serialVersionUID = 1L;

		private final transient JsonParser parser;

		/**
		 * Makes a factory.
		 * @param parser reads the text, and stands at the number that a node is asked for
		 */
		Factory(JsonParser parser) {
			this.parser = parser;
		}

		@Override
		public ValueNode numberNode(BigDecimal value) {
			try {
				return new WrittenNumber(value, this.parser.getText());
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
