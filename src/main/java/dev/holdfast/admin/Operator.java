package dev.holdfast.admin;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;

/**
 * Who sent a request.
 */
final class Operator {

	private Operator() {
	}

	/**
	 * Return the name of who sent a request: the subject of the token, where that tells
	 * one, else the address.
	 */
	static String of(HttpServletRequest request) {
		Principal principal = request.getUserPrincipal();
		return (principal != null) ? principal.getName() : request.getRemoteAddr();
	}

}
