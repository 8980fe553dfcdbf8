/**
 * What is found when an installation is looked over, and what can be told of a machine and its
 * libraries without reading or writing anything.
 *
 * <p>In: nothing, or a check that may take too long. Out: findings, each with what to do about it.
 */
package org.dn2.doctor;
