package org.dn2.store;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;

/**
 * What a lease says of the run that holds it.
 *
 * @param holder the machine and process
 * @param leaseSeconds how long it keeps others out after its last sign of life
 */
@JsonNaming(SnakeCaseStrategy.class)
record RunClaim(String runId, String runDate, String startedAt, String holder, long leaseSeconds) {}
