package org.dn2.image;

import javax.imageio.stream.ImageInputStreamImpl;

/** An encoded image in memory as ImageIO wants it, without ImageIO's cache on disk or copies. */
final class ByteArrayImageInput extends ImageInputStreamImpl {
  private final byte[] beginning;
  private final byte[] bytes;

  ByteArrayImageInput(byte[] bytes) {
    this(new byte[0], bytes);
  }

  /**
   * @param beginning read instead of as many bytes of the image
   */
  ByteArrayImageInput(byte[] beginning, byte[] bytes) {
    this.beginning = beginning;
    this.bytes = bytes;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos >= bytes.length) {
      return -1;
    }
    int at = (int) streamPos++;
    return (at < beginning.length ? beginning[at] : bytes[at]) & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= bytes.length) {
      return -1;
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    int at = (int) streamPos;
    System.arraycopy(bytes, at, into, offset, count);
    if (at < beginning.length) {
      System.arraycopy(beginning, at, into, offset, Math.min(count, beginning.length - at));
    }
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
