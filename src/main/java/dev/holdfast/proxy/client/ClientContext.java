package dev.holdfast.proxy.client;

import java.util.function.BooleanSupplier;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.transport.TrafficLoop;

/**
 * What all clients' connections of one event loop share.
 *
 * @param loop the event loop
 * @param settings how much they may, and for how long
 * @param count counts them, on all event loops
 * @param open those that are open
 * @param parsers what reads HTTP/1.1, for those that are being read
 * @param ids makes ids for what is told to clients without a request
 * @param listener hears of clients that are turned away
 * @param shuttingDown whether clients are to go
 * @param requests takes their requests
 */
record ClientContext(TrafficLoop loop, TrafficSettings settings, ClientCount count, OpenConnections open,
		RequestParsers parsers, RequestIds ids, ExchangeListener listener, BooleanSupplier shuttingDown,
		RequestHandler requests) {
}
