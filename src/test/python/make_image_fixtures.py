#!/usr/bin/python3
"""Writes src/test/resources/images: small files of every kind and Pillow 9.4's pixels of each.

Run by hand with the Pillow that defines "right" (Debian 12: /usr/bin/python3), from the project root.
For FILE, expected/FILE.rgb holds Image.open(FILE).convert("RGB") as raw bytes; expected.csv the sizes.
"""
import io
import os
import random
import struct
import zlib

from PIL import Image, ImageFilter, PngImagePlugin

ROOT = "src/test/resources/images"
WIDTH, HEIGHT = 23, 17
random.seed(1)
os.makedirs(ROOT + "/expected", exist_ok=True)
os.makedirs(ROOT + "/broken", exist_ok=True)
rows = ["file,width,height"]


def smooth(mode, size=(WIDTH, HEIGHT)):
    bands = len(mode)
    data = bytes(random.randrange(256) for _ in range(size[0] * size[1] * bands))
    return Image.frombytes(mode, size, data).filter(ImageFilter.GaussianBlur(1.2)) if bands > 1 \
        else Image.frombytes(mode, size, data)


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


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width, height, depth, color, rows_of_bytes, extra=b""):
    raw = b"".join(b"\0" + row for row in rows_of_bytes)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0))
            + extra + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))


def random_rows(row_bytes, height=HEIGHT):
    return [bytes(random.randrange(256) for _ in range(row_bytes)) for _ in range(height)]


def icc_profile():
    """An sRGB profile with its tone curves set to gamma 1: a reader that applies it shows it."""
    from PIL import ImageCms
    data = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for i in range(struct.unpack(">I", data[128:132])[0]):
        at = 132 + 12 * i
        name, offset, size = data[at:at + 4], *struct.unpack(">II", data[at + 4:at + 12])
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            data[offset:offset + 16] = b"curv" + b"\0" * 4 + struct.pack(">I", 0) + b"\0" * 4
    return bytes(data)


rgb, gray = smooth("RGB"), smooth("L")
# JPEG
for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
    save(f"ycc-{name}.jpg", rgb, quality=90, subsampling=subsampling)
save("progressive.jpg", rgb, quality=80, progressive=True)
save("gray.jpg", gray, quality=90)
save("cmyk-adobe.jpg", smooth("CMYK"), quality=90)
save("icc.jpg", rgb, quality=90, icc_profile=icc_profile())
def without(name, *markers):
    """The JPEG without some markers before its first scan."""
    data = open(f"{ROOT}/{name}", "rb").read()
    out, at = data[:2], 2
    while data[at + 1] != 0xDA:
        end = at + 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
        if data[at + 1] not in markers:
            out += data[at:end]
        at = end
    return out + data[at:]
write("ycc-without-jfif.jpg", without("ycc-420.jpg", 0xE0)); expect("ycc-without-jfif.jpg")
write("cmyk-without-adobe.jpg", without("cmyk-adobe.jpg", 0xEE)); expect("cmyk-without-adobe.jpg")
data = open(f"{ROOT}/cmyk-adobe.jpg", "rb").read()
at = data.index(b"Adobe")
write("ycck-adobe.jpg", data[:at + 11] + b"\x02" + data[at + 12:]); expect("ycck-adobe.jpg")
plain = without("ycc-444.jpg", 0xE0)
adobe = b"\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00"
write("rgb-adobe.jpg", plain[:2] + adobe + plain[2:]); expect("rgb-adobe.jpg")
sof = plain.index(b"\xff\xc0")
sos = plain.index(b"\xff\xda")
letters = bytearray(plain)
for i, letter in enumerate(b"RGB"):
    letters[sof + 10 + 3 * i] = letter
    letters[sos + 5 + 2 * i] = letter
write("rgb-by-letters.jpg", bytes(letters)); expect("rgb-by-letters.jpg")
odd = bytearray(plain)
for i in range(3):
    odd[sof + 10 + 3 * i] = i
    odd[sos + 5 + 2 * i] = i
write("ycc-odd-ids.jpg", bytes(odd)); expect("ycc-odd-ids.jpg")
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x112] = orientation
    name = f"orientation-{orientation}.jpg"
    rgb.save(f"{ROOT}/{name}", quality=90, exif=exif)
    from PIL import ImageOps
    expect(name, ImageOps.exif_transpose(Image.open(f"{ROOT}/{name}")).convert("RGB"))
# PNG
save("rgb.png", rgb)
save("rgba.png", smooth("RGBA"))
save("gray.png", gray)
save("gray-alpha.png", Image.merge("LA", (gray, smooth("L"))))
save("icc.png", rgb, icc_profile=icc_profile())
save("gray-icc.png", gray, icc_profile=icc_profile())
palette = rgb.quantize(200)
save("palette.png", palette)
save("palette-transparent.png", palette, transparency=bytes(range(200)))
save("palette-4bit.png", rgb.quantize(11), bits=4)
save("palette-2bit.png", rgb.quantize(4), bits=2)
save("palette-1bit.png", rgb.quantize(2), bits=1)
save("bilevel.png", gray.convert("1"))
for depth in (1, 2, 4):
    name = f"gray-{depth}bit.png"
    write(name, png(WIDTH, HEIGHT, depth, 0, random_rows((WIDTH * depth + 7) // 8))); expect(name)
write("gray-transparent.png", png(WIDTH, HEIGHT, 8, 0, random_rows(WIDTH), chunk(b"tRNS", b"\0\x40")))
expect("gray-transparent.png")
write("gray-4bit-transparent.png", png(WIDTH, HEIGHT, 4, 0, random_rows(12), chunk(b"tRNS", b"\0\x04")))
expect("gray-4bit-transparent.png")
write("rgb-transparent.png", png(WIDTH, HEIGHT, 8, 2, random_rows(3 * WIDTH), chunk(b"tRNS", b"\0\1\0\2\0\3")))
expect("rgb-transparent.png")
write("gamma.png", png(WIDTH, HEIGHT, 8, 2, random_rows(3 * WIDTH), chunk(b"gAMA", struct.pack(">I", 100000))))
expect("gamma.png")
for name, color, bands in (("rgb-16bit.png", 2, 3), ("rgba-16bit.png", 6, 4), ("gray-alpha-16bit.png", 4, 2)):
    write(name, png(WIDTH, HEIGHT, 16, color, random_rows(2 * bands * WIDTH))); expect(name)
# The one deliberate difference: Pillow 9 clips 16-bit gray to 255, we keep the high byte.
deep = random_rows(2 * WIDTH)
write("gray-16bit.png", png(WIDTH, HEIGHT, 16, 0, deep))
expect("gray-16bit.png", Image.frombytes("L", (WIDTH, HEIGHT), b"".join(row[::2] for row in deep)).convert("RGB"))
# GIF
save("palette.gif", rgb.quantize(64))
save("gray.gif", gray)
save("interlaced.gif", rgb.quantize(64), interlace=1)
save("transparent.gif", rgb.quantize(64), transparency=3)
save("animated.gif", rgb.quantize(64), save_all=True, append_images=[smooth("RGB").quantize(64)], duration=50)
gif = bytearray(open(f"{ROOT}/palette.gif", "rb").read())
gif[6:10] = struct.pack("<HH", WIDTH + 9, HEIGHT + 6)
comma = 13 + 3 * (2 << (gif[10] & 7))
while gif[comma] != 0x2C:
    comma += 1
gif[comma + 1:comma + 5] = struct.pack("<HH", 4, 3)
write("frame-on-canvas.gif", bytes(gif)); expect("frame-on-canvas.gif")
gif[6:10] = struct.pack("<HH", WIDTH, HEIGHT)
write("frame-beyond-canvas.gif", bytes(gif)); expect("frame-beyond-canvas.gif")
# BMP
save("rgb.bmp", rgb)
save("gray.bmp", gray)
save("palette.bmp", palette)
save("bilevel.bmp", gray.convert("1"))
row16 = random_rows((WIDTH * 2 + 3) // 4 * 4)
write("rgb-16bit.bmp", b"BM" + struct.pack("<IHHI", 54 + len(b"".join(row16)), 0, 0, 54)
      + struct.pack("<IiiHHIIiiII", 40, WIDTH, HEIGHT, 1, 16, 0, 0, 0, 0, 0, 0) + b"".join(row16))
expect("rgb-16bit.bmp")
row32 = random_rows(WIDTH * 4)
write("rgb-32bit-top-down.bmp", b"BM" + struct.pack("<IHHI", 54 + len(b"".join(row32)), 0, 0, 54)
      + struct.pack("<IiiHHIIiiII", 40, WIDTH, -HEIGHT, 1, 32, 0, 0, 0, 0, 0, 0) + b"".join(row32))
expect("rgb-32bit-top-down.bmp")
# TIFF
for compression in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits"):
    save(f"rgb-{compression}.tif", rgb, compression=compression)
save("gray.tif", gray)
save("palette.tif", palette)
save("bilevel.tif", gray.convert("1"))
save("rgba.tif", smooth("RGBA"))
save("cmyk.tif", smooth("CMYK"))
save("white-is-zero.tif", gray, tiffinfo={262: 0})

with open(ROOT + "/expected.csv", "w") as out:
    out.write("\n".join(rows) + "\n")

# Broken files; the test states the reason of each.
photo = smooth("RGB", (64, 48))
def encoded(kind, **options):
    buffer = io.BytesIO()
    photo.save(buffer, kind, **options)
    return buffer.getvalue()
for name, data in (("jpg", encoded("JPEG")), ("progressive.jpg", encoded("JPEG", progressive=True)),
                   ("png", encoded("PNG")), ("gif", photo.quantize(64)), ("bmp", encoded("BMP")),
                   ("tif", encoded("TIFF")), ("lzw.tif", encoded("TIFF", compression="tiff_lzw"))):
    if not isinstance(data, bytes):
        buffer = io.BytesIO()
        data.save(buffer, "GIF")
        data = buffer.getvalue()
    write(f"broken/half.{name}", data[:len(data) * 3 // 4])
write("broken/header-only.jpg", encoded("JPEG")[:100])
write("broken/empty.jpg", b"")
write("broken/text.jpg", b"This is not a picture, whatever its name says.\n")
write("broken/picture.heic", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 40)
write("broken/huge.png", png(60000, 60000, 8, 2, []))
arithmetic = bytearray(encoded("JPEG"))
arithmetic[arithmetic.index(b"\xff\xc0") + 1] = 0xC9
write("broken/arithmetic.jpg", bytes(arithmetic))
write("broken/zero-width.png", png(0, 5, 8, 2, []))
damaged = bytearray(encoded("PNG"))
damaged[len(damaged) // 2] ^= 0xFF
damaged[len(damaged) // 2 + 1] ^= 0xFF
write("broken/damaged.png", bytes(damaged))
write("broken/float.tif", b"")
Image.frombytes("F", (4, 4), struct.pack("<16f", *range(16))).save(f"{ROOT}/broken/float.tif")
write("broken/garbage.tif", b"II*\0" + bytes(random.randrange(256) for _ in range(200)))
write("broken/garbage.gif", b"GIF89a" + bytes(random.randrange(256) for _ in range(200)))
