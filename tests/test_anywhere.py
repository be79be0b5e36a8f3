"""Where else the course opens: the files for Binder, Codespaces and Docker, and the badges.

None of these services can be asked here; what the files name is compared with what there is.
"""

import json
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from course_utils.__main__ import COMMANDS

import pytest
import yaml
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))
import address  # noqa: E402

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FILES = (
    ".binder/postBuild",
    ".binder/runtime.txt",
    ".devcontainer/devcontainer.json",
    "Dockerfile",
    ".github/workflows/ci.yml",
    ".github/workflows/site.yml",
    "README.md",
    "classroom/README.md",
)


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FILES)
def test_a_command_of_the_course_that_is_named_is_there(name):
    assert set(re.findall(r"-m course_utils (\w+)", read(name))) <= set(COMMANDS)
    targets = set(re.findall(r"^(\w+):", read("Makefile"), re.M))
    assert set(re.findall(r"(?:`|run: )(?:\w+=\w+ )?make (\w+)", read(name))) <= targets


def test_each_brings_a_python_that_the_course_takes():
    container = json.loads(read(".devcontainer/devcontainer.json"))
    named = [
        re.fullmatch(r"python-(3\.\d+)\n", read(".binder/runtime.txt"))[1],
        container["image"].rpartition(":")[2],
        re.search(r"^FROM python:(3\.\d+)", read("Dockerfile"), re.M)[1],
    ]
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert len(named) == 3 and all(f"{python}.0" in allowed for python in named)


def test_the_image_takes_what_the_wheel_is_built_from():
    copied = [
        word
        for line in re.findall(r"^COPY (.+) \S+$", read("Dockerfile"), re.M)
        for word in line.split()
    ]
    assert all((ROOT / word).exists() for word in copied)
    needed = {"setup.py", "pyproject.toml", "course_utils", "notebooks", "data/checkpoints"}
    assert needed <= set(copied)
    ignored = read(".dockerignore").split()
    assert not {word for word in copied if word in ignored}


def test_scripts_are_scripts():
    script = ROOT / ".binder/postBuild"
    if not shutil.which("sh"):
        pytest.skip("there is no sh")
    assert subprocess.run(["sh", "-n", script]).returncode == 0
    mode = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "--stage", script], capture_output=True, text=True
    ).stdout
    assert not mode or mode.startswith("100755")


# ---- The address of the repository ----------------------------------------------------------


def test_without_an_address_there_is_no_badge():
    assert address.make_badges("") == "" and address.make_badges("https://a.example/x") == ""
    text = address.write_readme(read("README.md"), "")
    assert "colab" not in text.lower() and "mybinder" not in text


def test_badges_and_cells_are_those_of_the_address_in_pyproject():
    there = address.read_address()
    assert address.write_readme(read("README.md"), there) == read("README.md")
    paths = sorted(ROOT.glob("notebooks/[0-9]*.ipynb"))
    for path in paths:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        first = next(n for n, cell in enumerate(cells) if cell["cell_type"] == "code")
        assert cells[first - 1]["id"] == address.CELL, path.name
        assert "".join(cells[first - 1]["source"]) == address.tell_what_to_install(there)


def test_an_address_gives_badges_and_a_line_to_install():
    url = "https://github.com/someone/cnn-course"
    badges = address.make_badges(url)
    for place in ("colab.research.google.com/github", "kaggle.com", "mybinder.org/v2/gh"):
        assert place in badges
    assert badges.count("someone/cnn-course") == 4
    bare = address.write_readme(read("README.md"), "")
    readme = address.write_readme(bare, url)
    assert badges in readme and address.write_readme(readme, "") == bare
    assert f"`%pip install git+{url}`" in address.tell_what_to_install(url)
    assert (ROOT / address.FIRST).exists()


# ---- A class --------------------------------------------------------------------------------


def read_hub_config(monkeypatch):
    """Return what the shipped configuration sets, as JupyterHub reads it."""
    from traitlets.config import Config

    monkeypatch.delenv("COURSE_DATA_DIR", raising=False)
    monkeypatch.delenv("COURSE_PROFILE", raising=False)
    config = Config()
    exec(read("classroom/jupyterhub_config.py"), {"get_config": lambda: config})
    return config


def test_kubernetes_is_told_the_same_as_jupyterhub(monkeypatch):
    hub, values = read_hub_config(monkeypatch), yaml.safe_load(read("classroom/values.yaml"))
    student = values["singleuser"]
    assert student["cmd"] == hub.Spawner.cmd
    assert student["defaultUrl"] == hub.Spawner.default_url
    assert student["extraEnv"] == hub.Spawner.environment
    assert student["memory"]["limit"] == hub.Spawner.mem_limit
    (mount,) = student["storage"]["extraVolumeMounts"]
    assert mount["readOnly"] and mount["mountPath"] == student["extraEnv"]["COURSE_DATA_DIR"]
    assert f"cull_idle_timeout={values['cull']['timeout']}" in "".join(hub.Spawner.args)


def test_the_image_has_what_a_students_server_is_started_with(monkeypatch):
    command = " ".join(read_hub_config(monkeypatch).Spawner.cmd)
    assert "jupyterhub-singleuser" in command and "jupyterhub" in read("Dockerfile")
    image = yaml.safe_load(read("classroom/values.yaml"))["singleuser"]["image"]
    assert image["tag"] == PROJECT["version"]
    claim, job = yaml.safe_load_all(read("classroom/course-data.yaml"))
    (filling,) = job["spec"]["template"]["spec"]["containers"]
    assert filling["image"] == f"{image['name']}:{image['tag']}"
    assert claim["metadata"]["name"] == "course-data"
