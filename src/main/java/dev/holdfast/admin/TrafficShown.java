package dev.holdfast.admin;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Whether a read shows what its services have done lately; {@code ?traffic=true} asks for
 * it.
 */
final class TrafficShown {

	private static final String PARAMETER = "traffic";

	private static final String ATTRIBUTE = TrafficShown.class.getName();

	private TrafficShown() {
	}

	/**
	 * Tells whether a request asks for it.
	 * @throws ProblemException if the parameter is neither {@code true} nor {@code false}
	 */
	static boolean in(HttpServletRequest request) {
		String value = request.getParameter(PARAMETER);
		if (value == null || value.equals("false")) {
			return false;
		}
		if (value.equals("true")) {
			request.setAttribute(ATTRIBUTE, true);
			return true;
		}
		throw ProblemException.badParameter(PARAMETER, value, "true or false");
	}

	/**
	 * Whether the answer to a request shows it: only some reads can.
	 */
	static boolean isIn(HttpServletRequest request) {
		return request.getAttribute(ATTRIBUTE) != null;
	}

}
