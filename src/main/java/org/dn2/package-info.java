/** The program's entrance: hands its arguments to the command line. */
package org.dn2;
