"""ROCAUC of each class against the rest, by scikit-learn's and by FAISS's nearest neighbors.

Usage: unimodal_roc_auc.py FOLDER K
FOLDER holds, for train and test, NAME.f32 (row-major little-endian float32 embeddings) and
NAME.labels (one label a line, in the order of the rows). Prints one line for each class: its
label, scikit-learn's ROCAUC and FAISS's, separated by tabs.
"""
import pathlib
import sys

import faiss
import numpy
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import NearestNeighbors


def read(folder, name):
    labels = numpy.array((folder / f"{name}.labels").read_text().splitlines())
    rows = numpy.fromfile(folder / f"{name}.f32", "<f4").reshape(len(labels), -1)
    return rows, labels


def scikit_learn_scores(normal, queries, k):
    search = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(normal.astype("f8"))
    distances, _ = search.kneighbors(queries.astype("f8"))
    return (distances**2).mean(1)


def faiss_scores(normal, queries, k):
    index = faiss.IndexFlatL2(normal.shape[1])
    index.add(normal)
    squared_distances, _ = index.search(queries, k)
    return squared_distances.mean(1)


def main():
    folder, k = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    train, train_labels = read(folder, "train")
    test, test_labels = read(folder, "test")
    for label in sorted(set(train_labels)):
        normal = train[train_labels == label]
        anomalous = test_labels != label
        rates = [
            roc_auc_score(anomalous, scores(normal, test, k))
            for scores in (scikit_learn_scores, faiss_scores)
        ]
        print(label, *rates, sep="\t")


main()
