#!/usr/bin/python3
"""Writes src/test/resources/images/resized.csv: checksums of Pillow 9.4's resized and cropped patterns."""
import hashlib

from PIL import Image

CASES = [(w, h, "EXACT", 256, 224) for w, h in
         ((500, 375), (375, 500), (256, 256), (256, 300), (300, 256), (32, 32), (28, 28), (1, 1), (2, 3), (1000, 7),
          (1023, 771), (255, 257), (2600, 1900))]
CASES += [(w, h, "SHORT_SIDE", 256, 224) for w, h in ((500, 375), (375, 500), (333, 500), (1, 40), (40, 1), (257, 256), (31, 97))]
CASES += [(500, 375, "EXACT", 224, 224), (500, 333, "SHORT_SIDE", 233, 100), (64, 48, "SHORT_SIDE", 37, 32)]

FILTERS = {"BILINEAR": Image.BILINEAR, "BICUBIC": Image.BICUBIC}

with open("src/test/resources/images/resized.csv", "w") as out:
    out.write("width,height,mode,resize_size,crop_size,interpolation,sha256\n")
    for width, height, mode, size, crop, filter in [case + (name,) for name in FILTERS for case in CASES]:
        data = bytes((((i * 2654435761) >> 7) ^ (i // 50)) & 0xFF for i in range(width * height * 3))
        image = Image.frombytes("RGB", (width, height), data)
        to = (size, size)
        if mode == "SHORT_SIDE":
            short, long = min(width, height), max(width, height)
            to = (size, int(size * long / short)) if width <= height else (int(size * long / short), size)
        image = image.resize(to, FILTERS[filter])
        left, top = round((to[0] - crop) / 2.0), round((to[1] - crop) / 2.0)
        image = image.crop((left, top, left + crop, top + crop))
        out.write(f"{width},{height},{mode},{size},{crop},{filter},{hashlib.sha256(image.tobytes()).hexdigest()}\n")
