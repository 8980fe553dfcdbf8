/**
 * The tables that the rooms exchange: column names, schemas and the check at each room's door.
 *
 * <p>These names are a contract with whoever reads the Parquet files. Every other room may import
 * this one; it imports none.
 */
package org.dn2.table;
