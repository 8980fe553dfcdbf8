/**
 * Runs {@code notebooks-java} as a Java kernel of Jupyter does: notebooks come in, the same with
 * fresh outputs go out. Only tests use it; there is no protocol and no shell.
 */
package org.dn2.notebooks;
