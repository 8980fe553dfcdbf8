"""The yardsticks of KernelsBenchmark on one thread: PyTorch's matrix product, FAISS's exact search.

Usage: python3 src/bench/kernels_yardstick.py QUERIES MANHATTAN_QUERIES ROWS DIMENSION
Reads from standard input: matrixProduct, euclideanSearch or manhattanSearch is answered with pairs
of numbers per nanosecond, the median of some seconds.
"""
import os

# Debian's PyTorch and FAISS multiply by OpenBLAS, which has threads of its own.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

import statistics
import sys
import time

import faiss
import numpy
import torch

queries, manhattan_queries, rows, dimension = map(int, sys.argv[1:])
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
    "matrixProduct": (queries, lambda: asked_tensor @ reference_tensor.T),
    "euclideanSearch": (queries, lambda: euclidean.search(asked, 2)),
    "manhattanSearch": (
        manhattan_queries,
        lambda: manhattan.search(asked[:manhattan_queries], 2),
    ),
}
SECONDS = 5
for line in sys.stdin:
    count, kernel = KERNELS[line.strip()]
    kernel()
    times = []
    while sum(times) < SECONDS:
        start = time.perf_counter()
        kernel()
        times.append(time.perf_counter() - start)
    print(count * rows * dimension / statistics.median(times) / 1e9)
