package dev.holdfast.configuration;

/**
 * Something that is wrong with the configuration.
 *
 * @param key the key that it is about
 * @param description what is wrong, with the key, its value and where it was set
 * @param action what to do
 */
record ConfigurationProblem(String key, String description, String action) {
}
