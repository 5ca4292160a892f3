package dev.holdfast.admin;

/**
 * Which gateway answers.
 *
 * @param instanceId what tells it from the other gateways
 * @param version the version it runs
 */
public record GatewayIdentity(String instanceId, String version) {
}
