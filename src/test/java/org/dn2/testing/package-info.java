/** What the tests of several rooms share. */
package org.dn2.testing;
