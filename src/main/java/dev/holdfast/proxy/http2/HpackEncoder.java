package dev.holdfast.proxy.http2;

import java.util.ArrayDeque;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Writes heads and trailers as blocks (RFC 7541). The peer is told to keep a field when
 * it comes for the second time: most of the others, like dates and identifiers, never
 * come again. Texts are not shortened by Huffman's code, which costs more than the bytes
 * that it saves.
 */
final class HpackEncoder {

	/** The most that the peer is told to keep, bytes. */
	private static final int TABLE_SIZE = 4096;

	/** A larger field would drive out too many others. */
	private static final int LARGEST = 1024;

	private static final int SLOTS = 128;

	private static final int INDEXED = 0x80;

	private static final int ADDED = 0x40;

	private static final int RESIZED = 0x20;

	/** Not to be kept by anybody on the way either (RFC 7541, section 7.1). */
	private static final int NEVER = 0x10;

	private static final int LITERAL = 0x00;

	private static final byte[] PROTOCOL = HpackStaticTable.bytes(":protocol");

	/** By a field's hash: what was kept last. Made when it is needed. */
	private @Nullable HpackLine[] lines = new HpackLine[0];

	/** By a field's hash: the last one that came. */
	private int[] seen = new int[0];

	private final ArrayDeque<HpackLine> table = new ArrayDeque<>(0);

	private int size;

	private int maxSize = TABLE_SIZE;

	private int smallestSize = TABLE_SIZE;

	private boolean resized;

	/** How many fields the peer was told to keep, and to forget. */
	private long added;

	private long evicted;

	/**
	 * Set how much the peer keeps.
	 * @param peerSize the size of its table, bytes
	 */
	void resize(long peerSize) {
		int newSize = (int) Math.min(peerSize, TABLE_SIZE);
		if (newSize != this.maxSize) {
			this.smallestSize = this.resized ? Math.min(this.smallestSize, newSize) : newSize;
			this.resized = true;
			this.maxSize = newSize;
			evict(newSize);
		}
	}

	/**
	 * Write a request's head.
	 * @param head the head
	 * @param secure whether its scheme is https
	 * @param out where it goes
	 */
	void write(RequestHead head, boolean secure, ByteBuf out) {
		begin(out);
		writeMethod(head.method(), out);
		String protocol = head.protocol();
		if (protocol != null || !head.method().equals("CONNECT")) {
			integer(INDEXED, 7, secure ? HpackStaticTable.SCHEME_HTTPS : HpackStaticTable.SCHEME_HTTP, out);
			integer(head.isTargetSensitive() ? NEVER : LITERAL, 4, HpackStaticTable.PATH, out);
			text(head.target(), out);
		}
		if (protocol != null) {
			out.writeByte(LITERAL);
			text(PROTOCOL, 0, PROTOCOL.length, out);
			text(protocol, out);
		}
		String authority = head.authority();
		if (authority != null) {
			byte[] value = HpackStaticTable.bytes(authority);
			byte[] name = HpackStaticTable.get(HpackStaticTable.AUTHORITY).line();
			byte[] both = new byte[name.length + value.length];
			int nameLength = HpackStaticTable.get(HpackStaticTable.AUTHORITY).nameLength();
			System.arraycopy(name, 0, both, 0, nameLength);
			System.arraycopy(value, 0, both, nameLength, value.length);
			write(HeaderKind.HOST, both, 0, nameLength, nameLength, nameLength + value.length, false, out);
		}
		writeFields(head.fields(), out);
	}

	private static void writeMethod(String method, ByteBuf out) {
		switch (method) {
			case "GET" -> integer(INDEXED, 7, HpackStaticTable.METHOD_GET, out);
			case "POST" -> integer(INDEXED, 7, HpackStaticTable.METHOD_POST, out);
			default -> writePseudo(HpackStaticTable.METHOD, method, out);
		}
	}

	private static void writePseudo(int name, String value, ByteBuf out) {
		integer(LITERAL, 4, name, out);
		text(value, out);
	}

	/**
	 * Write a response's head.
	 * @param head the head
	 * @param out where it goes
	 */
	void write(ResponseHead head, ByteBuf out) {
		begin(out);
		int index = HpackStaticTable.indexOfStatus(head.status());
		if (index > 0) {
			integer(INDEXED, 7, index, out);
		}
		else {
			integer(LITERAL, 4, HpackStaticTable.STATUS, out);
			text(Integer.toString(head.status()), out);
		}
		writeFields(head.fields(), out);
	}

	/**
	 * Write trailers.
	 * @param trailers the trailers
	 * @param out where they go
	 */
	void write(HeaderFields trailers, ByteBuf out) {
		begin(out);
		writeFields(trailers, out);
	}

	private void begin(ByteBuf out) {
		if (this.resized) {
			this.resized = false;
			// RFC 7541, section 4.2: the smallest one in between counts.
			if (this.smallestSize < this.maxSize) {
				integer(RESIZED, 5, this.smallestSize, out);
			}
			integer(RESIZED, 5, this.maxSize, out);
		}
	}

	private void writeFields(HeaderFields fields, ByteBuf out) {
		byte[] bytes = fields.bytes();
		for (int i = 0; i < fields.size(); i++) {
			HeaderKind kind = fields.kind(i);
			if (mayBeSent(kind, fields, i)) {
				write(kind, bytes, fields.lineStart(i), fields.nameEnd(i), fields.valueStart(i), fields.valueEnd(i),
						fields.isSensitive(i), out);
			}
		}
	}

	/**
	 * Whether a field is not one that HTTP/2 has frames or a pseudo-field for (RFC 9113,
	 * section 8.2.2).
	 */
	private static boolean mayBeSent(HeaderKind kind, HeaderFields fields, int index) {
		return switch (kind) {
			case CONNECTION, KEEP_ALIVE, TRANSFER_ENCODING, UPGRADE, HOST -> false;
			case HOP_BY_HOP -> !fields.isNamed(index, "Proxy-Connection");
			default -> true;
		};
	}

	private void write(HeaderKind kind, byte[] bytes, int nameStart, int nameEnd, int valueStart, int valueEnd,
			boolean sensitive, ByteBuf out) {
		int nameHash = HpackStaticTable.hash(bytes, nameStart, nameEnd);
		int nameIndex = HpackStaticTable.indexOf(nameHash, bytes, nameStart, nameEnd);
		if (sensitive || isSecret(kind, nameIndex)) {
			literal(NEVER, 4, nameIndex, bytes, nameStart, nameEnd, valueStart, valueEnd, out);
			return;
		}
		int hash = hash(nameHash, bytes, valueStart, valueEnd);
		int slot = (hash ^ (hash >>> 7) ^ (hash >>> 16)) & (SLOTS - 1);
		if (this.seen.length == 0) {
			this.seen = new int[SLOTS];
			this.lines = new HpackLine[SLOTS];
		}
		HpackLine line = this.lines[slot];
		if (line != null && line.number() >= this.evicted
				&& line.matches(hash, bytes, nameStart, nameEnd, valueStart, valueEnd)) {
			integer(INDEXED, 7, HpackStaticTable.SIZE + (int) (this.added - line.number()), out);
		}
		else if (this.seen[slot] == hash && mayBeKept(nameEnd - nameStart + valueEnd - valueStart)) {
			literal(ADDED, 6, nameIndex, bytes, nameStart, nameEnd, valueStart, valueEnd, out);
			HpackLine kept = new HpackLine(hash, this.added, bytes, nameStart, nameEnd, valueStart, valueEnd);
			this.lines[slot] = kept;
			add(kept);
		}
		else {
			this.seen[slot] = hash;
			literal(LITERAL, 4, nameIndex, bytes, nameStart, nameEnd, valueStart, valueEnd, out);
		}
	}

	private static int hash(int nameHash, byte[] bytes, int start, int end) {
		// A colon in between, and never 0, which stands for nothing seen.
		int hash = nameHash * 31 + ':';
		for (int i = start; i < end; i++) {
			hash = hash * 31 + bytes[i];
		}
		return (hash != 0) ? hash : 1;
	}

	/**
	 * Whether a field is one that somebody could guess by the length of what is sent.
	 */
	private static boolean isSecret(HeaderKind kind, int nameIndex) {
		if (nameIndex == 0) {
			return false;
		}
		return switch (kind) {
			case HOP_BY_HOP -> true;
			case ORDINARY -> nameIndex == HpackStaticTable.AUTHORIZATION || nameIndex == HpackStaticTable.COOKIE
					|| nameIndex == HpackStaticTable.SET_COOKIE;
			default -> false;
		};
	}

	private boolean mayBeKept(int length) {
		return length <= LARGEST && length + HpackEntry.OVERHEAD <= this.maxSize;
	}

	private void add(HpackLine line) {
		evict(this.maxSize - line.size());
		this.table.add(line);
		this.size += line.size();
		this.added++;
	}

	private void evict(int room) {
		while (this.size > room) {
			this.size -= this.table.remove().size();
			this.evicted++;
		}
	}

	private static void literal(int type, int bits, int nameIndex, byte[] bytes, int nameStart, int nameEnd,
			int valueStart, int valueEnd, ByteBuf out) {
		integer(type, bits, nameIndex, out);
		if (nameIndex == 0) {
			integer(0, 7, nameEnd - nameStart, out);
			for (int i = nameStart; i < nameEnd; i++) {
				out.writeByte(Octets.lower(bytes[i]));
			}
		}
		text(bytes, valueStart, valueEnd, out);
	}

	private static void text(byte[] bytes, int start, int end, ByteBuf out) {
		integer(0, 7, end - start, out);
		out.writeBytes(bytes, start, end - start);
	}

	private static void text(String text, ByteBuf out) {
		byte[] bytes = HpackStaticTable.bytes(text);
		text(bytes, 0, bytes.length, out);
	}

	private static void integer(int type, int bits, int value, ByteBuf out) {
		int most = (1 << bits) - 1;
		if (value < most) {
			out.writeByte(type | value);
			return;
		}
		out.writeByte(type | most);
		int rest = value - most;
		while (rest >= 0x80) {
			out.writeByte((rest & 0x7f) | 0x80);
			rest >>>= 7;
		}
		out.writeByte(rest);
	}

}
