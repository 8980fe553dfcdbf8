/**
 * What a person looks at. In: decoded images with their scores, what is known of a run, what was
 * measured of the paper. Out: a picture, or a page of one file; all pages have one frame, one style
 * and one place for charts.
 */
package org.dn2.report;
