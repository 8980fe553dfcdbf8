/** What tests share and no user sees: a Spark cluster of processes. */
package org.dn2.testing;
