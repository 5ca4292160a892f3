package dev.holdfast.registry;

import java.time.Instant;

/**
 * A time in which nothing that the registry says is published.
 *
 * @param since when it began
 * @param until when whoever began it is to end it
 * @param reason why an operator began it, empty when none was given
 */
public record Freeze(Instant since, Instant until, String reason) {
}
