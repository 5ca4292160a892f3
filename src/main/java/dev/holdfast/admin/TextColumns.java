package dev.holdfast.admin;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the columns of the table that a list becomes for {@code Accept: text/plain}. A
 * handler without it gives a table of all members.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
@interface TextColumns {

	/**
	 * Return the columns: paths of members such as {@code health.status}, or a heading
	 * before the path such as {@code ROUTABLE=instances.routable}. A member that no row
	 * has makes no column.
	 */
	String[] value();

	/**
	 * Return the name of the member that has the rows.
	 */
	String rows() default "items";

	/**
	 * Return the path of the member that has something in it where a row is to come
	 * first, empty to leave the rows in their order.
	 */
	String first() default "";

}
