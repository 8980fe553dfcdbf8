/**
 * CSV files as people and their programs write them, read strictly and line by line.
 *
 * <p>In: a path on any of Hadoop's file systems, and the names of the columns that mean something.
 * Out: rows of cells with their line numbers, or a message that names the line.
 */
package org.dn2.csv;
