package org.dn2.model;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes the few parts of Python's pickle format (protocol 2) that a TorchScript archive needs. */
final class Pickle {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Pickle() {
    bytes.write(0x80);
    bytes.write(2);
  }

  private Pickle opcode(char opcode) {
    bytes.write(opcode);
    return this;
  }

  private void littleEndian(long value, int length) {
    for (int i = 0; i < length; i++) {
      bytes.write((int) (value >>> (8 * i)));
    }
  }

  Pickle global(String module, String name) {
    opcode('c');
    bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Pickle string(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    opcode('X');
    littleEndian(utf8.length, 4);
    bytes.writeBytes(utf8);
    return this;
  }

  Pickle integer(int value) {
    opcode('J');
    littleEndian(value, 4);
    return this;
  }

  Pickle falseValue() {
    return opcode((char) 0x89);
  }

  /** Begins a tuple, or the items of a dictionary. */
  Pickle mark() {
    return opcode('(');
  }

  Pickle tuple() {
    return opcode('t');
  }

  Pickle emptyTuple() {
    return opcode(')');
  }

  Pickle emptyDictionary() {
    return opcode('}');
  }

  Pickle setItems() {
    return opcode('u');
  }

  Pickle newObject() {
    return opcode((char) 0x81);
  }

  Pickle build() {
    return opcode('b');
  }

  Pickle reduce() {
    return opcode('R');
  }

  Pickle persistentId() {
    return opcode('Q');
  }

  byte[] stop() {
    opcode('.');
    return bytes.toByteArray();
  }
}
