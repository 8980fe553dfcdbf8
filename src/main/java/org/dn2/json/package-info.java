/**
 * JSON that a person may have edited and a disk may have damaged, read strictly.
 *
 * <p>In: a file's content. Out: a tree or a record in which all that is required is there and of
 * the right kind, or a message that names the file and the field.
 */
package org.dn2.json;
