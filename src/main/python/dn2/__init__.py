"""DN2's stages for PySpark.

The program's jar has this package too: start Spark with ``--jars target/dn2.jar`` and
``--py-files target/dn2.jar``. Each class is a thin hull of the Java class of
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
