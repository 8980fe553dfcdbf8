"""Images per second of ResNet-50 in PyTorch, eager and frozen and optimized for inference.

The yardstick of EmbeddingBenchmark: the network alone, random weights, ready tensors, two threads,
no decoding.
Usage: python3 src/bench/pytorch_yardstick.py [BATCH]
Reads from standard input: each line, eager or frozen, is answered with images per second.
"""
import sys
import time

import torch
from torch import nn


def convolution(source, target, size, stride):
    return nn.Conv2d(source, target, size, stride, size // 2), nn.BatchNorm2d(target)


class Bottleneck(nn.Module):
    def __init__(self, channels, width, stride):
        super().__init__()
        output = 4 * width
        self.path = nn.Sequential(
            *convolution(channels, width, 1, stride),
            nn.ReLU(),
            *convolution(width, width, 3, 1),
            nn.ReLU(),
            *convolution(width, output, 1, 1),
        )
        self.shortcut = nn.Identity()
        if channels != output:
            self.shortcut = nn.Sequential(*convolution(channels, output, 1, stride))

    def forward(self, x):
        return torch.relu(self.path(x) + self.shortcut(x))


def resnet50():
    layers = [*convolution(3, 64, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    channels = 64
    for stage, blocks in enumerate((3, 4, 6, 3)):
        width = 64 << stage
        for block in range(blocks):
            layers.append(Bottleneck(channels, width, 2 if block == 0 and stage > 0 else 1))
            channels = 4 * width
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten()).eval()


def main():
    torch.set_num_threads(2)
    batch = int(sys.argv[1]) if len(sys.argv) > 1 else 16
    eager = resnet50()
    images = torch.randn(batch, 3, 224, 224)
    with torch.no_grad():
        frozen = torch.jit.optimize_for_inference(torch.jit.freeze(torch.jit.script(eager)))
        networks = {"eager": eager, "frozen": frozen}
        for _ in range(3):
            frozen(images)
        for line in sys.stdin:
            name = line.strip()
            passes = 6 if name == "frozen" else 2
            start = time.perf_counter()
            for _ in range(passes):
                networks[name](images)
            print(passes * batch / (time.perf_counter() - start))


main()
