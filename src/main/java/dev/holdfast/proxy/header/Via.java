package dev.holdfast.proxy.header;

/**
 * The gateway's own element of the Via field (RFC 9110, section 7.6.3).
 */
final class Via {

	private static final HeaderFields HTTP_1_0 = line(HttpVersion.HTTP_1_0);

	private static final HeaderFields HTTP_1_1 = line(HttpVersion.HTTP_1_1);

	private static final HeaderFields HTTP_2 = line(HttpVersion.HTTP_2);

	private Via() {
	}

	private static HeaderFields line(HttpVersion received) {
		HeaderFields line = new HeaderFields();
		line.add(HeaderKind.VIA, "via", element(received));
		return line;
	}

	/**
	 * Return the element of a message.
	 * @param received the version in which it was received
	 */
	private static String element(HttpVersion received) {
		return switch (received) {
			case HTTP_1_0 -> "1.0 holdfast";
			case HTTP_1_1 -> "1.1 holdfast";
			case HTTP_2 -> "2.0 holdfast";
		};
	}

	/**
	 * Add the field of a message that is passed on.
	 * @param received the version in which it was received
	 * @param fields the fields that were received
	 * @param out where the field goes
	 */
	static void add(HttpVersion received, HeaderFields fields, HeaderFields out) {
		String before = fields.joined(HeaderKind.VIA, ", ");
		if (before != null) {
			out.add(HeaderKind.VIA, "via", before + ", " + element(received));
			return;
		}
		out.addAll(switch (received) {
			case HTTP_1_0 -> HTTP_1_0;
			case HTTP_1_1 -> HTTP_1_1;
			case HTTP_2 -> HTTP_2;
		});
	}

}
