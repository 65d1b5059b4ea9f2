"""The manifest fits KubeRay's fields, the pinned Ray and the command line that it calls."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluator.cli.commands.evaluate import command as evaluate_command
from evaluator.cli.commands.serve import command as serve_command
from evaluator.service.settings import ServiceSettings

ROOT = Path(__file__).parents[3]
# Of ray.io/v1: those that raycluster_types.go of KubeRay 1.0 and later has, and that are required there.
SPEC = {"headGroupSpec", "workerGroupSpecs", "rayVersion"}
HEAD = {"rayStartParams", "template"}
GROUP = {"groupName", "replicas", "minReplicas", "maxReplicas", "rayStartParams", "template"}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    documents = yaml.safe_load_all((ROOT / "deploy" / "raycluster.yaml").read_text())
    return {document["kind"]: document for document in documents}


def test_the_cluster_has_kuberays_fields_and_the_pinned_ray(manifest: dict[str, Any]) -> None:
    cluster = manifest["RayCluster"]
    assert cluster["apiVersion"] == "ray.io/v1"
    assert set(cluster["spec"]) == SPEC
    assert set(cluster["spec"]["headGroupSpec"]) == HEAD
    (group,) = cluster["spec"]["workerGroupSpecs"]
    assert set(group) == GROUP
    for parameters in (cluster["spec"]["headGroupSpec"]["rayStartParams"], group["rayStartParams"]):
        assert all(isinstance(value, str) for value in parameters.values())
    pinned = re.search(r"^ray==(\S+)", (ROOT / "requirements" / "cluster.txt").read_text(), re.MULTILINE)
    assert pinned
    assert cluster["spec"]["rayVersion"] == pinned[1]


def test_every_pod_is_of_the_stage_that_the_dockerfile_has(manifest: dict[str, Any]) -> None:
    spec = manifest["RayCluster"]["spec"]
    templates = [spec["headGroupSpec"], *spec["workerGroupSpecs"], manifest["Deployment"]["spec"]]
    containers = [one for each in templates for one in each["template"]["spec"]["containers"]]
    assert {container["image"] for container in containers} == {"passlaw-node"}
    assert re.search(r"^FROM \S+ AS node$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    for container in containers:
        assert {"RAY_AUTH_MODE", "RAY_AUTH_TOKEN"} <= {each["name"] for each in container["env"]}


def test_the_service_is_called_with_options_and_settings_that_exist(manifest: dict[str, Any]) -> None:
    (container,) = manifest["Deployment"]["spec"]["template"]["spec"]["containers"]
    options = {option for each in serve_command.params for option in each.opts}
    called = container["args"][0].partition("passlaw serve")[2]
    assert set(re.findall(r"--[a-z-]+", called)) <= options
    settings = {f"PASSLAW_{name.upper()}" for name in ServiceSettings.model_fields}
    assert {each["name"] for each in container["env"] if each["name"].startswith("PASSLAW_")} <= settings


def test_every_option_that_the_page_names_exists() -> None:
    page = (ROOT / "docs" / "cluster.md").read_text()
    known = {option for each in (*evaluate_command.params, *serve_command.params) for option in each.opts}
    lines = [line for line in page.splitlines() if line.startswith("    ") and "passlaw evaluate" in line]
    assert lines
    for line in lines:
        asked = line[line.index("passlaw evaluate") :]
        assert set(re.findall(r"--[a-z-]+", asked)) <= known, line
