/**
 * Imports backbones: published weights in, a TorchScript file and its {@code model.json} out; and
 * keeps the default backbone in a cache on this machine.
 */
package org.dn2.model;
