"""Decoding by Pillow, on one thread: the yardstick of DecodeBenchmark.

Usage: python3 src/bench/pillow_yardstick.py PHOTOS WORK
Reads from standard input: each line names a task and is answered with its seconds. "make" writes
into the folder WORK large.jpg, lossy.webp and lossless.webp, 4000 x 3000 pixels: 100 photographs
side by side, at about their own size; and into its folder photos each photograph as lossy WebP.
"""
import io
import os
import sys
import time

from PIL import Image, ImageOps

folder, work = sys.argv[1:]
names = sorted(n for n in os.listdir(folder) if n.lower().endswith((".jpeg", ".jpg")))
photos = []
for name in names:
    with open(os.path.join(folder, name), "rb") as file:
        photos.append(file.read())
webp_photos = []


def decode(data):
    image = Image.open(io.BytesIO(data))
    if image.mode == "RGB":
        image.load()
        return image
    return image.convert("RGB")


def prepare(data):
    return decode(data).resize((256, 256), Image.BILINEAR).crop((16, 16, 240, 240)).load()


def make():
    mosaic = Image.new("RGB", (4000, 3000))
    for i in range(100):
        tile = ImageOps.fit(decode(photos[i % len(photos)]), (400, 300))
        mosaic.paste(tile, (i % 10 * 400, i // 10 * 300))
    mosaic.save(os.path.join(work, "large.jpg"), quality=90)
    mosaic.save(os.path.join(work, "lossy.webp"), quality=90)
    mosaic.save(os.path.join(work, "lossless.webp"), lossless=True, method=2)
    os.mkdir(os.path.join(work, "photos"))
    for i, photo in enumerate(photos):
        name = os.path.join("photos", "%04d.webp" % i)
        decode(photo).save(os.path.join(work, name), quality=90)
        webp_photos.append(read(name))


def read(name):
    with open(os.path.join(work, name), "rb") as file:
        return file.read()


tasks = {
    "make": make,
    "decode": lambda: [decode(data) for data in photos],
    "prepare": lambda: [prepare(data) for data in photos],
    "decode-large": lambda: decode(read("large.jpg")),
    "prepare-large": lambda: prepare(read("large.jpg")),
    "decode-webp": lambda: [decode(data) for data in webp_photos],
    "decode-lossy": lambda: decode(read("lossy.webp")),
    "decode-lossless": lambda: decode(read("lossless.webp")),
}
for line in sys.stdin:
    task = tasks[line.strip()]
    start = time.perf_counter()
    task()
    print(time.perf_counter() - start)
