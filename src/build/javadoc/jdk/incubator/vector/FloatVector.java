package jdk.incubator.vector;

/** For javadoc alone, which warns of the module that has it in truth. */
public class FloatVector {}
