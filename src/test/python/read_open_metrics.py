"""Prints the samples of an OpenMetrics file, as Prometheus' own parser reads them."""

import sys

from prometheus_client.openmetrics.parser import text_string_to_metric_families

with open(sys.argv[1], encoding="utf-8") as file:
    for family in text_string_to_metric_families(file.read()):
        for sample in family.samples:
            print(sample.name, dict(sorted(sample.labels.items())), sample.value)
