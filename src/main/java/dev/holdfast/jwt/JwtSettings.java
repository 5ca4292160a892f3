package dev.holdfast.jwt;

import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * Which tokens count.
 *
 * @param issuer who issues them, spelled as they name it
 * @param jwkSet where the issuer's keys are, empty when its metadata tell
 * @param audience whom they must be issued for
 * @param scope what they must permit
 * @param clockSkew how far the issuer's clock may be from this one's
 */
public record JwtSettings(String issuer, Optional<URI> jwkSet, String audience, String scope, Duration clockSkew) {
}
