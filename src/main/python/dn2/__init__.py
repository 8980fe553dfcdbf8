"""DN2's stages for PySpark.

Start Spark with the program's jar (``--jars target/dn2.jar``) and this package on the path
(``--py-files`` or ``PYTHONPATH=src/main/python``). Each class is a thin hull of the Java class of
the same name, whose documentation holds here too.
"""

from dn2.ml import (
    DeepNearestNeighbors,
    DeepNearestNeighborsModel,
    ImageEmbedder,
    RocAucEvaluator,
)

__all__ = [
    "DeepNearestNeighbors",
    "DeepNearestNeighborsModel",
    "ImageEmbedder",
    "RocAucEvaluator",
]
