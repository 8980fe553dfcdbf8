"""What PyTorch makes of an imported backbone, and of the weights that it was imported from.

Usage: embed_twice.py ARCHIVE WEIGHTS IMAGE FOLDER
ARCHIVE is the TorchScript file, WEIGHTS the .safetensors file under torchvision's names, IMAGE the
raw float32 pixels of one 64x64 picture (3,64,64). Writes archive.f32 and weights.f32 into FOLDER:
the embedding by the archive, and by a network built here, batch norm not folded.
"""
import json
import pathlib
import struct
import sys

import numpy
import torch
import torch.nn.functional as functional


def read_weights(file):
    data = pathlib.Path(file).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    tensors = {}
    for name, entry in json.loads(data[8 : 8 + length]).items():
        start, end = entry["data_offsets"]
        values = numpy.frombuffer(data[8 + length + start : 8 + length + end], "<f4")
        tensors[name] = torch.from_numpy(values.reshape(entry["shape"]).copy())
    return tensors


def convolve(x, weights, name, norm, stride):
    kernel = weights[name + ".weight"]
    x = functional.conv2d(x, kernel, stride=stride, padding=kernel.shape[2] // 2)
    return functional.batch_norm(
        x,
        weights[norm + ".running_mean"],
        weights[norm + ".running_var"],
        weights[norm + ".weight"],
        weights[norm + ".bias"],
        eps=1e-5,
    )


def block(x, weights, name, stride):
    path = [part for part in ("1", "2", "3") if f"{name}.conv{part}.weight" in weights]
    # The stride is on the 3x3 convolution: a basic block's first, a bottleneck's second.
    strided = "1" if len(path) == 2 else "2"
    shortcut = x
    if name + ".downsample.0.weight" in weights:
        shortcut = convolve(x, weights, name + ".downsample.0", name + ".downsample.1", stride)
    for part in path:
        step = stride if part == strided else 1
        x = convolve(x, weights, f"{name}.conv{part}", f"{name}.bn{part}", step)
        x = functional.relu(x + shortcut if part == path[-1] else x)
    return x


def embed(x, weights):
    x = functional.relu(convolve(x, weights, "conv1", "bn1", 2))
    x = functional.max_pool2d(x, 3, 2, 1)
    for stage in range(1, 5):
        index = 0
        while f"layer{stage}.{index}.conv1.weight" in weights:
            x = block(x, weights, f"layer{stage}.{index}", 2 if stage > 1 and index == 0 else 1)
            index += 1
    return x.mean((2, 3))


def main():
    archive, weights, image, folder = sys.argv[1:]
    torch.set_num_threads(2)
    x = torch.from_numpy(numpy.fromfile(image, "<f4").reshape(1, 3, 64, 64))
    with torch.no_grad():
        torch.jit.load(archive)(x).numpy().tofile(folder + "/archive.f32")
        embed(x, read_weights(weights)).numpy().tofile(folder + "/weights.f32")


main()
