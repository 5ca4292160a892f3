package dev.holdfast.upstream;

/**
 * Makes numbers of texts, the same ones on every gateway, so that all of them send a
 * request to the same instance.
 */
public final class HashKey {

	private static final long FNV_OFFSET = 0xcbf29ce484222325L;

	private static final long FNV_PRIME = 0x100000001b3L;

	private HashKey() {
	}

	/**
	 * Return the number of a text: FNV-1a, 64 bits, mixed so that texts which differ in
	 * their last character alone are far apart.
	 * @param text the text
	 * @return the number
	 */
	public static long of(CharSequence text) {
		long hash = FNV_OFFSET;
		for (int i = 0; i < text.length(); i++) {
			hash = (hash ^ text.charAt(i)) * FNV_PRIME;
		}
		return mix(hash);
	}

	/** The finalizer of MurmurHash3 in Stafford's variant 13. */
	static long mix(long value) {
		long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
		mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
		return mixed ^ (mixed >>> 31);
	}

}
