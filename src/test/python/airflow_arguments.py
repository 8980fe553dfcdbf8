"""Runs a DAG file against stand-ins for Airflow's classes; prints what it hands to them, as JSON.

The stand-ins take the keyword arguments of the real ones, no others.
"""

import json
import runpy
import sys
import types

SUBMIT_ARGUMENTS = """application conf conn_id files py_files archives driver_class_path jars
    java_class packages exclude_packages repositories total_executor_cores executor_cores
    executor_memory driver_memory keytab principal proxy_user name num_executors
    status_poll_interval application_args env_vars verbose spark_binary properties_file yarn_queue
    deploy_mode use_krb5ccache task_id retries retry_delay""".split()
DAG_ARGUMENTS = "dag_id description schedule start_date end_date catchup max_active_runs default_args tags".split()

seen = {}


def recorder(name, allowed):
    class Recorder:
        def __init__(self, *arguments, **keywords):
            unknown = set(keywords) - set(allowed)
            if unknown:
                raise TypeError(f"{name} has no {sorted(unknown)}")
            seen[name] = {"arguments": arguments, **keywords}

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

    return Recorder


def module(name, **members):
    made = types.ModuleType(name)
    made.__dict__.update(members)
    sys.modules[name] = made


for package in ("airflow.providers", "airflow.providers.apache", "airflow.providers.apache.spark",
                "airflow.providers.apache.spark.operators", "airflow.timetables"):
    module(package)
module("airflow", DAG=recorder("DAG", DAG_ARGUMENTS))
module("airflow.providers.apache.spark.operators.spark_submit",
       SparkSubmitOperator=recorder("SparkSubmitOperator", SUBMIT_ARGUMENTS))
module("airflow.timetables.interval",
       CronDataIntervalTimetable=recorder("CronDataIntervalTimetable", ["timezone"]))

runpy.run_path(sys.argv[1])
print(json.dumps(seen, default=str))
