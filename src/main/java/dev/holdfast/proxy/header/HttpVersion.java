package dev.holdfast.proxy.header;

/**
 * The version of HTTP that a message is in.
 */
public enum HttpVersion {

	HTTP_1_0, HTTP_1_1, HTTP_2

}
