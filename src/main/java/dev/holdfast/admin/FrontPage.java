package dev.holdfast.admin;

import java.util.Map;

/**
 * What the admin port answers to who asks it for nothing in particular.
 *
 * @param name the program's name
 * @param version the version that runs
 * @param instanceId which gateway answers
 * @param sentence how things stand
 * @param links where more is said
 */
record FrontPage(String name, String version, String instanceId, String sentence, Map<String, String> links) {
}
