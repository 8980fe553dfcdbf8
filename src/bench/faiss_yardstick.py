"""Exact search by FAISS's IndexFlatL2, on two threads: the yardstick of SearchBenchmark.

Usage: python3 src/bench/faiss_yardstick.py ROWS.f32 QUERIES.f32 DIMENSION K FOUND.i64
Reads from standard input: each line is answered with the seconds of one search of all queries.
"""
import sys
import time

import faiss
import numpy

rows, queries, dimension, k, found = sys.argv[1:]
faiss.omp_set_num_threads(2)
dimension = int(dimension)
index = faiss.IndexFlatL2(dimension)
index.add(numpy.fromfile(rows, "<f4").reshape(-1, dimension))
queries = numpy.fromfile(queries, "<f4").reshape(-1, dimension)
for _ in sys.stdin:
    start = time.perf_counter()
    _, ids = index.search(queries, int(k))
    print(time.perf_counter() - start)
    ids.astype("<i8").tofile(found)
