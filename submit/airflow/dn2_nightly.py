"""Every night by Apache Airflow: scores the images of the day before.

The day is the run's id, so that a retry, or a cleared task, repeats that night and no other.
DN2 lies on the worker in /opt/dn2, with Spark 4.1 and Java 17. The connection "spark_default" says
where: yarn, spark://head:7077 or k8s://https://k8s:6443. The driver runs on the worker.
"""

from datetime import datetime, timedelta

from airflow import DAG
from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.timetables.interval import CronDataIntervalTimetable

HOME = "/opt/dn2"

with DAG(
    dag_id="dn2_nightly",
    # By intervals: {{ ds }} is the day that is over, not the one on which the run starts.
    schedule=CronDataIntervalTimetable("30 1 * * *", timezone="UTC"),
    start_date=datetime(2026, 11, 1),
    # Days that were missed: dn2 nightly --from DAY --to DAY takes them in one go.
    catchup=False,
    max_active_runs=1,
    default_args={
        "retries": 2,
        "retry_delay": timedelta(minutes=10),
        # Ends a night that hangs; more than the longest good one takes.
        "execution_timeout": timedelta(hours=12),
    },
) as dag:
    SparkSubmitOperator(
        task_id="nightly",
        conn_id="spark_default",
        deploy_mode="client",
        name="dn2 nightly",
        java_class="org.dn2.Main",
        application=f"{HOME}/target/dn2.jar",
        application_args=[
            "nightly",
            "--conf",
            f"{HOME}/conf/nightly.conf",
            "--run-date",
            "{{ ds }}",
            "--run-id",
            "{{ ds }}",
        ],
        # Read instead of Spark's own spark-defaults.conf, not beside it: add the store's settings
        # to a copy, or to core-site.xml.
        properties_file=f"{HOME}/conf/spark-defaults-cpu.conf",
        conf={"spark.yarn.maxAppAttempts": "1"},
        # What conf/nightly.conf names. Keys for S3 come from the machine, not from here.
        env_vars={
            "LC_ALL": "C.UTF-8",
            "DN2_PLANT": "s3a://plant/dn2",
            "DN2_MODEL": "s3a://plant/models/resnet50",
        },
    )
