"""The yardsticks of KernelsBenchmark on one thread: PyTorch's matrix product, FAISS's exact search.

Usage: python3 src/bench/kernels_yardstick.py QUERIES ROWS DIMENSION
Reads from standard input: matrixProduct, euclideanSearch or manhattanSearch is answered with pairs
of numbers per nanosecond.
"""
import os

# Debian's PyTorch and FAISS multiply by OpenBLAS, which has threads of its own.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import sys
import time

import faiss
import numpy
import torch

queries, rows, dimension = map(int, sys.argv[1:])
torch.set_num_threads(1)
faiss.omp_set_num_threads(1)
random = numpy.random.default_rng(1)
asked = random.random((queries, dimension), dtype="float32")
reference = random.random((rows, dimension), dtype="float32")
asked_tensor, reference_tensor = torch.from_numpy(asked), torch.from_numpy(reference)
euclidean = faiss.IndexFlat(dimension, faiss.METRIC_L2)
manhattan = faiss.IndexFlat(dimension, faiss.METRIC_L1)
euclidean.add(reference)
manhattan.add(reference)
KERNELS = {
    "matrixProduct": lambda: asked_tensor @ reference_tensor.T,
    "euclideanSearch": lambda: euclidean.search(asked, 2),
    "manhattanSearch": lambda: manhattan.search(asked, 2),
}
SECONDS = 3
for line in sys.stdin:
    kernel = KERNELS[line.strip()]
    kernel()
    start = time.perf_counter()
    calls = 0
    while time.perf_counter() - start < SECONDS:
        kernel()
        calls += 1
    print(calls * queries * rows * dimension / (time.perf_counter() - start) / 1e9)
