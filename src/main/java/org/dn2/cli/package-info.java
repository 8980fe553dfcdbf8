/**
 * The command line: parses, calls one job of the pipeline, prints its result.
 *
 * <p>In: arguments. Out: results on standard output, everything else on standard error, and an exit
 * code.
 */
package org.dn2.cli;
