package dev.holdfast.jwt;

import java.io.IOException;

import com.nimbusds.jose.jwk.JWKSet;

/**
 * Where an issuer's keys come from.
 */
interface KeyFetch {

	/**
	 * Fetches all keys that the issuer has now. It takes a bounded time.
	 * @throws IOException if they could not be fetched, with the reason
	 */
	JWKSet fetch() throws IOException, InterruptedException;

}
