/**
 * How long work is cut into tasks and into waves, and how it is told what is under way.
 *
 * <p>In: tables of images and what each costs. Out: the same tables in other partitions, and lines
 * on the log.
 */
package org.dn2.work;
