package org.dn2.protocols;

import java.io.Serializable;

/**
 * One ROCAUC.
 *
 * @param setting what was compared, such as {@code cleaned}
 * @param normal the normal class, or what stands for it
 * @param parameter the varied number, such as k or the number of training images; NaN for none
 * @param repeat which random draw, from 0
 * @param rocAuc 0 to 1
 */
public record Measurement(
    String setting, String normal, double parameter, int repeat, double rocAuc)
    implements Serializable {}
