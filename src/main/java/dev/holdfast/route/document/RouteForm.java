package dev.holdfast.route.document;

/**
 * How a route is written.
 */
public enum RouteForm {

	/** An entry of {@code holdfast.routes}. */
	SHORT,

	/** Gateway API's {@code HTTPRoute}. */
	HTTP_ROUTE,

	/** Gateway API's {@code GRPCRoute}. */
	GRPC_ROUTE

}
