package dev.holdfast.admin;

import java.security.Principal;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * A request whose token tells whom it was issued to.
 */
final class AuthenticatedRequest extends HttpServletRequestWrapper {

	private final String subject;

	AuthenticatedRequest(HttpServletRequest request, String subject) {
		super(request);
		this.subject = subject;
	}

	@Override
	public Principal getUserPrincipal() {
		return this::getRemoteUser;
	}

	@Override
	public String getRemoteUser() {
		return this.subject;
	}

}
