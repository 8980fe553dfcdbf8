"""The stages; see the package."""

from pyspark.ml.evaluation import JavaEvaluator
from pyspark.ml.param import Param, Params, TypeConverters
from pyspark.ml.util import JavaMLReadable, JavaMLReader, JavaMLWritable
from pyspark.ml.wrapper import JavaEstimator, JavaModel, JavaTransformer


class _Reader(JavaMLReader):
    """Reads stages whose Java classes do not lie in Spark's packages."""

    @classmethod
    def _java_loader_class(cls, clazz):
        return clazz._java_class


class _Stage(JavaMLReadable, JavaMLWritable):
    """What all stages do in the same way."""

    _java_class = None

    @classmethod
    def read(cls):
        """A reader of what ``write().save(path)`` wrote."""
        return _Reader(cls)

    @classmethod
    def _from_java(cls, java_stage):
        stage = cls.__new__(cls)
        cls._begin(stage, java_stage)
        stage._resetUid(java_stage.uid())
        stage._transfer_params_from_java()
        return stage

    @classmethod
    def _begin(cls, stage, java_stage):
        stage.__init__()
        stage._java_obj = java_stage

    def _given(self, values):
        return self._set(**{name: value for name, value in values.items() if value is not None})


class ImageEmbedder(_Stage, JavaTransformer):
    """Embeds image files: a column of paths in, features out; null with a reason where rejected."""

    _java_class = "org.dn2.ml.ImageEmbedder"

    pathCol = Param(
        Params._dummy(),
        "pathCol",
        "column of paths or URIs of image files",
        typeConverter=TypeConverters.toString,
    )
    featuresCol = Param(
        Params._dummy(),
        "featuresCol",
        "column of features that is added",
        typeConverter=TypeConverters.toString,
    )
    model = Param(
        Params._dummy(),
        "model",
        "the backbone: default, default-bf16, or a folder",
        typeConverter=TypeConverters.toString,
    )
    device = Param(
        Params._dummy(),
        "device",
        "where the network runs: cpu or gpu",
        typeConverter=TypeConverters.toString,
    )
    batchSize = Param(
        Params._dummy(),
        "batchSize",
        "images per pass through the network, 1 to 1024",
        typeConverter=TypeConverters.toInt,
    )

    def __init__(
        self,
        pathCol=None,
        featuresCol=None,
        model=None,
        device=None,
        batchSize=None,
    ):
        super().__init__()
        self._java_obj = self._new_java_obj(self._java_class, self.uid)
        self._setDefault(
            pathCol="path",
            featuresCol="features",
            model="default",
            device="cpu",
            batchSize=16,
        )
        self._given(
            {
                "pathCol": pathCol,
                "featuresCol": featuresCol,
                "model": model,
                "device": device,
                "batchSize": batchSize,
            }
        )

    def setPathCol(self, value):
        """Sets pathCol: column of paths or URIs of image files."""
        return self._set(pathCol=value)

    def setFeaturesCol(self, value):
        """Sets featuresCol: column of features that is added."""
        return self._set(featuresCol=value)

    def setModel(self, value):
        """Sets model: the backbone: default, default-bf16, or a folder."""
        return self._set(model=value)

    def setDevice(self, value):
        """Sets device: where the network runs: cpu or gpu."""
        return self._set(device=value)

    def setBatchSize(self, value):
        """Sets batchSize: images per pass through the network, 1 to 1024."""
        return self._set(batchSize=value)

    def close(self):
        """Frees what the stage and its copies have sent to the executors."""
        self._call_java("close")


class DeepNearestNeighborsModel(_Stage, JavaModel):
    """Scores features by a detector: score, p_value, is_anomaly, neighbor_ids, neighbor_distances."""

    _java_class = "org.dn2.ml.DeepNearestNeighborsModel"

    featuresCol = Param(
        Params._dummy(),
        "featuresCol",
        "column of features",
        typeConverter=TypeConverters.toString,
    )
    idCol = Param(
        Params._dummy(),
        "idCol",
        "column that names a row",
        typeConverter=TypeConverters.toString,
    )
    search = Param(
        Params._dummy(),
        "search",
        "how the reference set is searched",
        typeConverter=TypeConverters.toString,
    )
    leaveOneOut = Param(
        Params._dummy(),
        "leaveOneOut",
        "whether a row of the reference set is no neighbor of its own",
        typeConverter=TypeConverters.toBoolean,
    )

    def __init__(self, java_model=None):
        super().__init__(java_model)
        self._setDefault(
            featuresCol="features",
            idCol="path",
            search="auto",
            leaveOneOut=False,
        )

    def setFeaturesCol(self, value):
        """Sets featuresCol: column of features."""
        return self._set(featuresCol=value)

    def setIdCol(self, value):
        """Sets idCol: column that names a row."""
        return self._set(idCol=value)

    def setSearch(self, value):
        """Sets search: how the reference set is searched."""
        return self._set(search=value)

    def setLeaveOneOut(self, value):
        """Sets leaveOneOut: whether a row of the reference set is no neighbor of its own."""
        return self._set(leaveOneOut=value)

    @classmethod
    def _begin(cls, stage, java_stage):
        stage.__init__(java_stage)

    def close(self):
        """Frees what the model and its copies have sent to the executors."""
        self._call_java("close")

    @property
    def detector(self):
        """The folder of the detector, as ``dn2 fit`` writes it."""
        return self._call_java("detector")

    @property
    def threshold(self):
        """The score above which a row is an anomaly."""
        return self._call_java("threshold")

    def getK(self):
        """How many neighbors' distances are averaged."""
        return self._call_java("getK")

    def getDistance(self):
        """The distance: squared_euclidean, cosine or manhattan."""
        return self._call_java("getDistance")

    def getFeatures(self):
        """The map of each row's numbers, such as none or log-l2."""
        return self._call_java("getFeatures")

    def getCleaning(self):
        """The fraction that cleaning dropped; 0 for none."""
        return self._call_java("getCleaning")

    def getCenters(self):
        """How many centers were asked for; 0 where the rows themselves are searched."""
        return self._call_java("getCenters")

    def describe(self):
        """The detector in one line for people."""
        return self._call_java("describe")


class DeepNearestNeighbors(_Stage, JavaEstimator):
    """Fits a detector to features of normal images."""

    _java_class = "org.dn2.ml.DeepNearestNeighbors"

    featuresCol = Param(
        Params._dummy(),
        "featuresCol",
        "column of features",
        typeConverter=TypeConverters.toString,
    )
    idCol = Param(
        Params._dummy(),
        "idCol",
        "column that names a row",
        typeConverter=TypeConverters.toString,
    )
    search = Param(
        Params._dummy(),
        "search",
        "how the reference set is searched",
        typeConverter=TypeConverters.toString,
    )
    k = Param(
        Params._dummy(),
        "k",
        "neighbors whose distances are averaged, 1 or more",
        typeConverter=TypeConverters.toInt,
    )
    distance = Param(
        Params._dummy(),
        "distance",
        "squared_euclidean, cosine or manhattan",
        typeConverter=TypeConverters.toString,
    )
    cleaning = Param(
        Params._dummy(),
        "cleaning",
        "fraction of the rows that is dropped first, 0 to below 1",
        typeConverter=TypeConverters.toFloat,
    )
    centers = Param(
        Params._dummy(),
        "centers",
        "k-means centers that stand for the rows; 0 keeps the rows",
        typeConverter=TypeConverters.toInt,
    )
    seed = Param(
        Params._dummy(),
        "seed",
        "random start of the clustering into centers",
        typeConverter=TypeConverters.toInt,
    )
    features = Param(
        Params._dummy(),
        "features",
        "map of each row's numbers, such as none, l2 or auto",
        typeConverter=TypeConverters.toString,
    )
    thresholdQuantile = Param(
        Params._dummy(),
        "thresholdQuantile",
        "quantile of normal rows' scores that is the threshold, above 0 and below 1",
        typeConverter=TypeConverters.toFloat,
    )
    labelCol = Param(
        Params._dummy(),
        "labelCol",
        "column of labels",
        typeConverter=TypeConverters.toString,
    )
    normalLabels = Param(
        Params._dummy(),
        "normalLabels",
        "labels that are normal; not set: all rows are",
        typeConverter=TypeConverters.toListString,
    )
    detector = Param(
        Params._dummy(),
        "detector",
        "folder that the fitted detector is kept in",
        typeConverter=TypeConverters.toString,
    )

    def __init__(
        self,
        featuresCol=None,
        idCol=None,
        search=None,
        k=None,
        distance=None,
        cleaning=None,
        centers=None,
        seed=None,
        features=None,
        thresholdQuantile=None,
        labelCol=None,
        normalLabels=None,
        detector=None,
    ):
        super().__init__()
        self._java_obj = self._new_java_obj(self._java_class, self.uid)
        self._setDefault(
            featuresCol="features",
            idCol="path",
            search="auto",
            k=2,
            distance="squared_euclidean",
            cleaning=0.0,
            centers=0,
            seed=0,
            features="auto",
            thresholdQuantile=0.99,
            labelCol="label",
            detector="",
        )
        self._given(
            {
                "featuresCol": featuresCol,
                "idCol": idCol,
                "search": search,
                "k": k,
                "distance": distance,
                "cleaning": cleaning,
                "centers": centers,
                "seed": seed,
                "features": features,
                "thresholdQuantile": thresholdQuantile,
                "labelCol": labelCol,
                "normalLabels": normalLabels,
                "detector": detector,
            }
        )

    def setFeaturesCol(self, value):
        """Sets featuresCol: column of features."""
        return self._set(featuresCol=value)

    def setIdCol(self, value):
        """Sets idCol: column that names a row."""
        return self._set(idCol=value)

    def setSearch(self, value):
        """Sets search: how the reference set is searched."""
        return self._set(search=value)

    def setK(self, value):
        """Sets k: neighbors whose distances are averaged, 1 or more."""
        return self._set(k=value)

    def setDistance(self, value):
        """Sets distance: squared_euclidean, cosine or manhattan."""
        return self._set(distance=value)

    def setCleaning(self, value):
        """Sets cleaning: fraction of the rows that is dropped first, 0 to below 1."""
        return self._set(cleaning=value)

    def setCenters(self, value):
        """Sets centers: k-means centers that stand for the rows; 0 keeps the rows."""
        return self._set(centers=value)

    def setSeed(self, value):
        """Sets seed: random start of the clustering into centers."""
        return self._set(seed=value)

    def setFeatures(self, value):
        """Sets features: map of each row's numbers, such as none, l2 or auto."""
        return self._set(features=value)

    def setThresholdQuantile(self, value):
        """Sets thresholdQuantile: quantile of normal rows' scores that is the threshold."""
        return self._set(thresholdQuantile=value)

    def setLabelCol(self, value):
        """Sets labelCol: column of labels."""
        return self._set(labelCol=value)

    def setNormalLabels(self, value):
        """Sets normalLabels: labels that are normal; not set: all rows are."""
        return self._set(normalLabels=value)

    def setDetector(self, value):
        """Sets detector: folder that the fitted detector is kept in."""
        return self._set(detector=value)

    def _create_model(self, java_model):
        return DeepNearestNeighborsModel(java_model)


class RocAucEvaluator(_Stage, JavaEvaluator):
    """ROCAUC of scores, 0 to 1, larger for better."""

    _java_class = "org.dn2.ml.RocAucEvaluator"

    scoreCol = Param(
        Params._dummy(),
        "scoreCol",
        "column of scores",
        typeConverter=TypeConverters.toString,
    )
    labelCol = Param(
        Params._dummy(),
        "labelCol",
        "column of labels",
        typeConverter=TypeConverters.toString,
    )
    normalLabels = Param(
        Params._dummy(),
        "normalLabels",
        "labels that are normal",
        typeConverter=TypeConverters.toListString,
    )

    def __init__(
        self,
        scoreCol=None,
        labelCol=None,
        normalLabels=None,
    ):
        super().__init__()
        self._java_obj = self._new_java_obj(self._java_class, self.uid)
        self._setDefault(
            scoreCol="score",
            labelCol="label",
        )
        self._given(
            {
                "scoreCol": scoreCol,
                "labelCol": labelCol,
                "normalLabels": normalLabels,
            }
        )

    def setScoreCol(self, value):
        """Sets scoreCol: column of scores."""
        return self._set(scoreCol=value)

    def setLabelCol(self, value):
        """Sets labelCol: column of labels."""
        return self._set(labelCol=value)

    def setNormalLabels(self, value):
        """Sets normalLabels: labels that are normal."""
        return self._set(normalLabels=value)

    def isLargerBetter(self):
        """True: more is better."""
        return True
