package dev.holdfast.registry;

/**
 * What is known of one member of the registry's cluster.
 *
 * @param url its address as configured
 * @param healthy whether the last contact with it succeeded
 * @param lastError what went wrong at the last contact, empty when it succeeded or there
 * was none
 */
public record MemberState(String url, boolean healthy, String lastError) {
}
