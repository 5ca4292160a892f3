package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.Tunnels;

/**
 * What all exchanges of one event loop share.
 *
 * @param loop the event loop
 * @param times how long the port waits
 * @param connections gives connections to instances
 * @param tunnels the tunnels
 * @param waiting the requests that wait for an instance
 * @param streams the responses that may go on until somebody ends them
 * @param responses writes what clients are sent
 * @param mirrored sends copies of requests
 * @param requestHead what the heads of requests are written with, one after the other
 */
record ExchangeResources(TrafficLoop loop, TrafficTimes times, ConnectionSource connections, Tunnels tunnels,
		WaitingRequests waiting, OpenStreams streams, ClientResponses responses, MirroredRequests mirrored,
		RequestHead requestHead) {
}
