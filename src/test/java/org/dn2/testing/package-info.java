/** What the tests share: a Spark session per JVM, and a real cluster on loopback. */
package org.dn2.testing;
