/**
 * Tokens of an OAuth2 issuer (RFC 9068): whether one counts, and whose it is.
 */
@NullMarked
package dev.holdfast.jwt;

import org.jspecify.annotations.NullMarked;
