package dev.holdfast.tls;

/**
 * Whether clients must show a certificate.
 */
public enum ClientAuth {

	/** They are not asked for one. */
	NONE,

	/** They are asked, and served without one. One that is not trusted is refused. */
	WANT,

	/** They are refused without one that is trusted. */
	NEED

}
