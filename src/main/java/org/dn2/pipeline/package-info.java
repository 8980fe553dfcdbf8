/**
 * The jobs: each opens what it needs from a store, hands it to a room, and commits what the room
 * gives. The one place that strings rooms together.
 *
 * <p>In: configuration records. Out: committed outputs, and what a command prints.
 */
package org.dn2.pipeline;
