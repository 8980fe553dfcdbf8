#!/usr/bin/python3
"""Writes into src/test/resources/images the formats beyond JPEG, plain PNG, GIF, BMP and TIFF.

Run by hand with the Pillow that defines "right" (Debian 12: /usr/bin/python3, 9.4), from the project
root, after make_image_fixtures.py. expected-formats.csv lists the files; expected/FILE.rgb has
Image.open(FILE).convert("RGB") as raw bytes, or what the note beside a file says.
"""
import os
import random
import struct
import zlib

from PIL import Image, ImageCms, ImageFilter, ImageOps

ROOT = "src/test/resources/images"
WIDTH, HEIGHT = 23, 17
random.seed(28)
rows = ["file,width,height"]


def smooth(mode, size=(WIDTH, HEIGHT)):
    bands = [Image.frombytes("L", size, bytes(random.randrange(256) for _ in range(size[0] * size[1])))
             .filter(ImageFilter.GaussianBlur(1.2)) for _ in mode]
    return bands[0] if len(bands) == 1 else Image.merge(mode, bands)


def expect(name, rgb=None):
    image = rgb or Image.open(f"{ROOT}/{name}").convert("RGB")
    with open(f"{ROOT}/expected/{name}.rgb", "wb") as out:
        out.write(image.tobytes())
    rows.append(f"{name},{image.width},{image.height}")


def save(name, image, **options):
    image.save(f"{ROOT}/{name}", **options)
    expect(name)


def write(name, data):
    with open(f"{ROOT}/{name}", "wb") as out:
        out.write(data)


def gray_image(values, size=(WIDTH, HEIGHT)):
    return Image.frombytes("L", size, bytes(values)).convert("RGB")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def deep_png(values, significant):
    raw = b"".join(b"\0" + struct.pack(f">{WIDTH}H", *values[y * WIDTH:(y + 1) * WIDTH])
                   for y in range(HEIGHT))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", WIDTH, HEIGHT, 16, 0, 0, 0, 0))
            + chunk(b"sBIT", bytes([significant])) + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def tiff(bits, sample_format, pixels, extra=(), samples=1, photometric=1):
    """A little-endian TIFF of one strip; extra: (tag, type, value) in ascending order of tags."""
    entries = [(256, 4, WIDTH), (257, 4, HEIGHT), (258, 3, bits), (259, 3, 1), (262, 3, photometric),
               (273, 4, 0), (277, 3, samples), (278, 4, HEIGHT), (279, 4, len(pixels)),
               (339, 3, sample_format)] + list(extra)
    entries.sort()
    start = 8 + 2 + 12 * len(entries) + 4
    after = b""
    out = b"II*\0" + struct.pack("<IH", 8, len(entries))
    for tag, kind, value in entries:
        if tag == 273:
            value = None
        count = 1
        if tag == 258 and samples > 1:
            count, after = samples, after + struct.pack(f"<{samples}H", *[bits] * samples)
            out += struct.pack("<HHII", tag, kind, count, start)
        elif value is None:
            out += struct.pack("<HHII", tag, kind, 1, start + (2 * samples if samples > 1 else 0))
        elif kind == 3:
            out += struct.pack("<HHIHH", tag, kind, 1, value, 0)
        else:
            out += struct.pack("<HHII", tag, kind, 1, value)
    return out + struct.pack("<I", 0) + after + pixels


rgb, gray = smooth("RGB"), smooth("L")
count = WIDTH * HEIGHT

# BMP in run-length codes.
def bmp(bits, compression, colors, codes):
    offset = 54 + 4 * colors
    palette = b"".join(bytes([i * 255 // (colors - 1), 255 - i * 255 // (colors - 1), 7 * i % 256, 0])
                       for i in range(colors))
    return (b"BM" + struct.pack("<IHHI", offset + len(codes), 0, 0, offset)
            + struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, bits, compression, len(codes), 0, 0, colors, 0)
            + palette + codes)
codes = b""
for y in range(HEIGHT):
    codes += bytes([9, random.randrange(256), 0, 5]) + bytes(random.randrange(256) for _ in range(5)) + b"\0"
    codes += bytes([WIDTH - 14, random.randrange(256), 0, 0])
write("runs-8bit.bmp", bmp(8, 1, 256, codes + b"\0\1")); expect("runs-8bit.bmp")

# TIFF: Pillow turns these by themselves.
for orientation in range(1, 9):
    name = f"orientation-{orientation}.tif"
    save(name, rgb, tiffinfo={274: orientation})

# Deep samples, by the bits that the file names; the rest keep the high byte.
deep = [random.randrange(65536) for _ in range(count)]
ten = [random.randrange(1024) for _ in range(count)]
words = lambda values: struct.pack(f"<{len(values)}H", *values)
write("gray-16bit.tif", tiff(16, 1, words(deep)))
expect("gray-16bit.tif", gray_image(v >> 8 for v in deep))
write("gray-10bit-smax.tif", tiff(16, 1, words(ten), [(341, 3, 1023)]))
expect("gray-10bit-smax.tif", gray_image(v >> 2 for v in ten))
write("gray-10bit-max.tif", tiff(16, 1, words(ten), [(281, 3, 1023)]))
expect("gray-10bit-max.tif", gray_image(v >> 2 for v in ten))
write("gray-10bit-statistic.tif", tiff(16, 1, words(ten), [(281, 3, max(ten) - 30)]))
expect("gray-10bit-statistic.tif", gray_image(v >> 8 for v in ten))
write("gray-10bit-white-is-zero.tif", tiff(16, 1, words(ten), [(341, 3, 1023)], photometric=0))
expect("gray-10bit-white-is-zero.tif", gray_image((65535 - v) >> 8 for v in ten))
write("gray-10bit-unsaid.tif", tiff(16, 1, words(ten)))
expect("gray-10bit-unsaid.tif", gray_image(v >> 8 for v in ten))
write("rgb-12bit-smax.tif", tiff(16, 1, words([v >> 4 for v in deep for _ in range(3)]), [(341, 3, 4095)], 3, 2))
expect("rgb-12bit-smax.tif", gray_image(v >> 8 for v in deep))
write("rgb-16bit.tif", tiff(16, 1, words([v for v in deep for _ in range(3)]), [], 3, 2))
expect("rgb-16bit.tif", gray_image(v >> 8 for v in deep))
for most in (10, 12, 14):
    packed = b""
    for y in range(HEIGHT):
        bits = "".join(f"{v >> (16 - most):0{most}b}" for v in deep[y * WIDTH:(y + 1) * WIDTH])
        bits += "0" * (-len(bits) % 8)
        packed += bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    write(f"gray-{most}bit-packed.tif", tiff(most, 1, packed))
    expect(f"gray-{most}bit-packed.tif", gray_image(v >> 8 for v in deep))
write("gray-10bit-low.png", deep_png(ten, 10))
expect("gray-10bit-low.png", gray_image(v >> 2 for v in ten))
write("gray-10bit-scaled.png", deep_png([v << 6 | v >> 4 for v in ten], 10))
expect("gray-10bit-scaled.png", gray_image(v >> 2 for v in ten))
dark = [v & 15 for v in ten]
write("gray-10bit-scaled-dark.png", deep_png([v << 6 for v in dark], 10))
expect("gray-10bit-scaled-dark.png", gray_image(v >> 2 for v in dark))

# Floating point: 0 is black, 1 is white.
unit = [random.random() for _ in range(count)]
unit[:3] = [0.0, 1.0, 1.001]
write("gray-float.tif", tiff(32, 3, struct.pack(f"<{count}f", *unit)))
expect("gray-float.tif", gray_image(min(255, int(v * 255 + 0.5)) for v in unit))
colored = [v for v in unit for _ in range(3)]
write("rgb-float.tif", tiff(32, 3, struct.pack(f"<{3 * count}f", *colored), [], 3, 2))
expect("rgb-float.tif", gray_image(min(255, int(v * 255 + 0.5)) for v in unit))
write("broken/float-beyond.tif", tiff(32, 3, struct.pack(f"<{count}f", *([0.5] * (count - 1) + [1.5]))))
write("broken/float-nan.tif", tiff(32, 3, struct.pack(f"<{count}f", *([0.5] * (count - 1) + [float("nan")]))))
for name, kind, order, scale in (("gray.pfm", b"Pf", "<", b"-1.0"), ("rgb.pfm", b"PF", ">", b"1.0")):
    upside_down = [v for y in reversed(range(HEIGHT)) for v in unit[y * WIDTH:(y + 1) * WIDTH]]
    values = upside_down if kind == b"Pf" else [v for v in upside_down for _ in range(3)]
    write(name, kind + b"\n%d %d\n%s\n" % (WIDTH, HEIGHT, scale) + struct.pack(f"{order}{len(values)}f", *values))
    expect(name, gray_image(min(255, int(v * 255 + 0.5)) for v in unit))
write("broken/float-beyond.pfm", b"Pf\n1 1\n-1\n" + struct.pack("<f", 255))

# WebP
profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
for i in range(struct.unpack(">I", profile[128:132])[0]):
    at = 132 + 12 * i
    offset = struct.unpack(">I", profile[at + 4:at + 8])[0]
    if profile[at:at + 4] in (b"rTRC", b"gTRC", b"bTRC"):
        profile[offset:offset + 16] = b"curv" + b"\0" * 12
rgba = smooth("RGBA")
save("lossy.webp", rgb, quality=80)
save("lossless.webp", rgb, lossless=True)
save("gray.webp", gray, quality=50)
save("lossy-alpha.webp", rgba, quality=80, exact=True)
save("lossless-alpha.webp", rgba, lossless=True, exact=True)
save("lossless-palette.webp", rgb.quantize(7).convert("RGB"), lossless=True)
save("icc.webp", rgb, quality=80, icc_profile=bytes(profile))
save("animated.webp", rgb, save_all=True, append_images=[smooth("RGB")], duration=50, quality=80)
for orientation in (1, 6, 7):
    exif = Image.Exif()
    exif[0x112] = orientation
    name = f"orientation-{orientation}.webp"
    rgb.save(f"{ROOT}/{name}", quality=90, exif=exif)
    expect(name, ImageOps.exif_transpose(Image.open(f"{ROOT}/{name}")).convert("RGB"))
# The first frame on a part of its canvas.
part = open(f"{ROOT}/lossy.webp", "rb").read()[12:]
u24 = lambda value: struct.pack("<I", value)[:3]
frame = u24(3) + u24(2) + u24(WIDTH - 1) + u24(HEIGHT - 1) + u24(50) + b"\0" + part
body = (b"WEBPVP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + u24(WIDTH + 10 - 1) + u24(HEIGHT + 7 - 1)
        + b"ANIM" + struct.pack("<I", 6) + b"\xff\xff\xff\xff\0\0"
        + b"ANMF" + struct.pack("<I", len(frame)) + frame + b"\0" * (len(frame) & 1))
write("frame-on-canvas.webp", b"RIFF" + struct.pack("<I", len(body)) + body); expect("frame-on-canvas.webp")

# Netpbm
def netpbm(name, data, rgb=None):
    write(name, data)
    expect(name, rgb)
size = b"%d %d\n" % (WIDTH, HEIGHT)
bits = [random.randrange(2) for _ in range(count)]
netpbm("bits.pbm", b"P4\n" + size + gray.convert("1").tobytes())
netpbm("plain.pbm", b"P1 # bits\n" + size + b"\n".join(
    b"".join(b"%d" % b for b in bits[y * WIDTH:(y + 1) * WIDTH]) for y in range(HEIGHT)) + b"\n")
netpbm("gray.pgm", b"P5 # a comment\n# another\n" + size + b"255\n" + gray.tobytes())
netpbm("plain.pgm", b"P2\n" + size + b"255\n" + b" ".join(b"%d" % v for v in gray.tobytes()) + b"\n")
netpbm("plain-comments.pgm", b"P2\n" + size + b"255\n" + b" # in between\n".join(b"%d" % v for v in gray.tobytes()) + b"\n")
netpbm("gray-of-200.pgm", b"P5\n" + size + b"200\n" + bytes(v * 200 // 255 for v in gray.tobytes()))
netpbm("gray-of-6.pgm", b"P5\n" + size + b"6\n" + bytes(v * 6 // 255 for v in gray.tobytes()))
netpbm("rgb.ppm", b"P6\n" + size + b"255\n" + rgb.tobytes())
netpbm("plain.ppm", b"P3\n" + size + b"255\n" + b" ".join(b"%d" % v for v in rgb.tobytes()) + b"\n")
netpbm("plain-of-15.ppm", b"P3\n" + size + b"15\n" + b" ".join(b"%d" % (v >> 4) for v in rgb.tobytes()) + b"\n")
netpbm("rgb-10bit.ppm", b"P6\n" + size + b"1023\n" + struct.pack(f">{3 * count}H", *[v * 4 + 1 for v in rgb.tobytes()]))
netpbm("rgb-16bit.ppm", b"P6\n" + size + b"65535\n" + struct.pack(f">{3 * count}H", *[v * 256 + 200 for v in rgb.tobytes()]))
# Pillow 9 clips deep gray to 255; here it is scaled by the file's largest value, as color is.
for name, most in (("gray-10bit.pgm", 1023), ("gray-16bit.pgm", 65535)):
    values = [v % (most + 1) for v in deep]
    netpbm(name, b"P5\n%s%d\n" % (size, most) + struct.pack(f">{count}H", *values),
           gray_image(round(v / most * 255) for v in values))
netpbm("plain-10bit.pgm", b"P2\n" + size + b"1023\n" + b" ".join(b"%d" % v for v in ten) + b"\n",
       gray_image(round(v / 1023 * 255) for v in ten))

with open(ROOT + "/expected-formats.csv", "w") as out:
    out.write("\n".join(rows) + "\n")

# Broken files; the test states the reason of each.
for name, data in (("lossy.webp", open(f"{ROOT}/lossy.webp", "rb").read()),
                   ("lossless.webp", open(f"{ROOT}/lossless.webp", "rb").read()),
                   ("plain.pgm", open(f"{ROOT}/plain.pgm", "rb").read()),
                   ("rgb.ppm", open(f"{ROOT}/rgb.ppm", "rb").read()),
                   ("gray.pfm", open(f"{ROOT}/gray.pfm", "rb").read()),
                   ("runs.bmp", open(f"{ROOT}/runs-8bit.bmp", "rb").read())):
    write(f"broken/half.{name}", data[:len(data) * 3 // 4])
damaged = bytearray(open(f"{ROOT}/lossless.webp", "rb").read())
damaged[25:60] = bytes(random.randrange(256) for _ in range(35))
write("broken/damaged.webp", bytes(damaged))
write("broken/huge.webp", b"RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f" + struct.pack("<I", 16382 | 16382 << 14) + b"\0" * 15)
write("broken/huge.pgm", b"P5 60000 60000 255\n")
write("broken/number.pgm", b"P5 12345678901234567890 3 255\n")
write("broken/largest-of-0.pgm", b"P5 2 2 0\n\0\0\0\0")
write("broken/beyond-largest.pgm", b"P2 2 1 9\n3 10\n")
write("broken/letters.ppm", b"P3 2 1 9\n3 1 x 3 4 5\n")
write("broken/picture.pam", b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 1\nMAXVAL 255\nENDHDR\n\0")
write("broken/picture.jp2", b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 40)
