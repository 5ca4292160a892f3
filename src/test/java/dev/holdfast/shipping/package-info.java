/**
 * What the gateway is shipped in: the image, the compose file and the chart.
 */
@NullMarked
package dev.holdfast.shipping;

import org.jspecify.annotations.NullMarked;
