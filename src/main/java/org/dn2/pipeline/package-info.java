/**
 * The one place that strings the rooms together: a job per command, the settings of each, and the
 * rules by which outputs are committed.
 *
 * <p>In: a settings record from the command line or a configuration file. Out: folders, written
 * whole or not at all.
 */
package org.dn2.pipeline;
