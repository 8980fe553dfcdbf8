"""Decoding by Pillow, on one thread: the yardstick of DecodeBenchmark.

Usage: python3 src/bench/pillow_yardstick.py PHOTOS LARGE.jpg
Reads from standard input: each line names a task and is answered with its seconds. "make" writes
LARGE.jpg, 4000 x 3000 pixels: the photographs side by side in their own size, saved as cameras do.
"""
import io
import os
import sys
import time

from PIL import Image

folder, large = sys.argv[1:]
names = sorted(n for n in os.listdir(folder) if n.lower().endswith((".jpeg", ".jpg")))
photos = []
for name in names:
    with open(os.path.join(folder, name), "rb") as file:
        photos.append(file.read())


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
    x, y, row, at = 0, 0, 0, 0
    while y < mosaic.height:
        photo = decode(photos[at % len(photos)])
        mosaic.paste(photo, (x, y))
        x, row, at = x + photo.width, max(row, photo.height), at + 1
        if x >= mosaic.width:
            x, y, row = 0, y + row, 0
    mosaic.save(large, quality=90)


def read_large():
    with open(large, "rb") as file:
        return file.read()


tasks = {
    "make": make,
    "decode": lambda: [decode(data) for data in photos],
    "prepare": lambda: [prepare(data) for data in photos],
    "decode-large": lambda: decode(read_large()),
    "prepare-large": lambda: prepare(read_large()),
}
for line in sys.stdin:
    task = tasks[line.strip()]
    start = time.perf_counter()
    task()
    print(time.perf_counter() - start)
