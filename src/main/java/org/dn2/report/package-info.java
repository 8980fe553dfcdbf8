/** What a person looks at. In: decoded images with their scores. Out: a picture. */
package org.dn2.report;
