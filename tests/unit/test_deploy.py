"""The files in deploy/ can be read, and name what there is."""

import re
from pathlib import Path

import pytest

from faceerase.cli.batch import batch

ROOT = Path(__file__).resolve().parents[2]


def test_the_image_is_made_of_what_the_wheel_needs() -> None:
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    kept = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text()
    copied = re.findall(r"^COPY (?!--)(.*) \S+$", text, re.M)
    names = {name for line in copied for name in line.split()}
    assert {"src", "streamer", "models", "export", "configs", "pyproject.toml"} <= names
    assert names == set(re.findall(r"^!(.*)$", kept, re.M))
    assert all((ROOT / name).exists() for name in names)
    assert set(re.findall(r"^FROM .* AS (\w+)$", text, re.M)) == {"wheel", "base", "cpu", "cuda", "cluster"}
    assert text.count("USER faceerase") == 3


def test_the_services_run_commands_that_there_are() -> None:
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text())["services"]
    for service in services.values():
        assert service["command"][0] == batch.__name__
        assert service["build"]["dockerfile"] == "deploy/Dockerfile"
        assert (service["read_only"], service["network_mode"]) == (True, "none")


def test_the_clusters_start_a_batch_on_them() -> None:
    yaml = pytest.importorskip("yaml")
    job = yaml.safe_load((ROOT / "deploy" / "kuberay-job.yaml").read_text())
    assert (job["apiVersion"], job["kind"]) == ("ray.io/v1", "RayJob")
    assert job["spec"]["entrypoint"].startswith("faceerase batch ")
    cluster = job["spec"]["rayClusterSpec"]
    for group in (cluster["headGroupSpec"], *cluster["workerGroupSpecs"]):
        pod = group["template"]["spec"]
        mounted = {mount["name"] for one in pod["containers"] for mount in one["volumeMounts"]}
        assert mounted == {volume["name"] for volume in pod["volumes"]} == {"films"}
    machines = yaml.safe_load((ROOT / "deploy" / "ray-cluster.yaml").read_text())
    assert machines["min_workers"] == machines["max_workers"] == len(machines["provider"]["worker_ips"])
