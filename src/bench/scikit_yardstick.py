"""k-means by scikit-learn, on two threads: the yardstick of KMeansBenchmark.

Usage: python3 src/bench/scikit_yardstick.py ROWS.f32 DIMENSION CENTERS ITERATIONS
Reads from standard input: fit is answered with its seconds; then iterations, cost and peak (MiB).
"""
import os

os.environ["OMP_NUM_THREADS"] = "2"

import sys
import time

import numpy
from sklearn.cluster import KMeans

file, dimension, centers, iterations = sys.argv[1:]
rows = numpy.fromfile(file, "<f4").reshape(-1, int(dimension))
model = KMeans(
    int(centers), init="random", n_init=1, max_iter=int(iterations), tol=0, random_state=0
)
for line in sys.stdin:
    what = line.strip()
    if what == "fit":
        start = time.perf_counter()
        model.fit(rows)
        print(time.perf_counter() - start)
    elif what == "iterations":
        print(model.n_iter_)
    elif what == "cost":
        print(model.inertia_)
    else:
        # Not getrusage, which counts what the parent process had at the fork.
        with open("/proc/self/status") as status:
            print(next(int(l.split()[1]) / 1024 for l in status if l.startswith("VmHWM")))
