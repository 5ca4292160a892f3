package dev.holdfast.route.document;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.route.Cors;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.RouteActions;

/**
 * What is done to requests and responses, as far as it has been read.
 */
final class ActionsDraft {

	FieldChanges requestFields = FieldChanges.NONE;

	FieldChanges responseFields = FieldChanges.NONE;

	PathRewrite path = PathRewrite.NONE;

	String host = "";

	DirectResponse response = DirectResponse.NONE;

	Cors cors = Cors.NONE;

	final List<Mirror> mirrors = new ArrayList<>();

	/**
	 * Return the actions; those that do nothing when they do not go together.
	 * @param place where they are written
	 */
	RouteActions build(YamlMapping place) {
		try {
			return new RouteActions(this.requestFields, this.responseFields, this.path, this.host, this.response,
					this.cors, this.mirrors);
		}
		catch (IllegalArgumentException ex) {
			place.refused(ex);
			return RouteActions.DEFAULTS;
		}
	}

}
