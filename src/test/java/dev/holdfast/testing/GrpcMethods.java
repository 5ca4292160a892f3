package dev.holdfast.testing;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;

/**
 * The methods of {@link GrpcBackend}, whose messages are plain text.
 */
final class GrpcMethods {

	private GrpcMethods() {
	}

	/**
	 * Describes a method.
	 * @param service the service's full name
	 * @param name the method's name
	 */
	static MethodDescriptor<String, String> method(String service, String name) {
		MethodType type = switch (name) {
			case "Say", "Fail", "Silent" -> MethodType.UNARY;
			case "Count", "Flood" -> MethodType.SERVER_STREAMING;
			case "Collect" -> MethodType.CLIENT_STREAMING;
			default -> MethodType.BIDI_STREAMING;
		};
		return MethodDescriptor.<String, String>newBuilder()
			.setType(type)
			.setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
			.setRequestMarshaller(new Text())
			.setResponseMarshaller(new Text())
			.build();
	}

	/**
	 * Writes messages as they are, one byte a character.
	 */
	private static final class Text implements MethodDescriptor.Marshaller<String> {

		@Override
		public InputStream stream(String value) {
			return new ByteArrayInputStream(value.getBytes(StandardCharsets.ISO_8859_1));
		}

		@Override
		public String parse(InputStream stream) {
			try {
				return new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1);
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
