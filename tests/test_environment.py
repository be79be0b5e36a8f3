"""The ways to install the course agree, and the set-up chooses its Python rightly."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PINS = [
    Requirement(line)
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]
PYTHONS = ("3.11", "3.12", "3.13")


def asked_for() -> list[Requirement]:
    texts = PROJECT["dependencies"] + PROJECT["optional-dependencies"]["test"]
    return [Requirement(text) for text in texts]


def pin_of(name: str, python: str, system: str = "linux"):
    """Return the version that requirements.txt sets for a package on a Python and a system."""
    where = {"python_full_version": f"{python}.9", "python_version": python}
    where |= {"sys_platform": system, "os_name": "nt" if system == "win32" else "posix"}
    found = [
        next(iter(pin.specifier)).version
        for pin in PINS
        if pin.name == name and (pin.marker is None or Marker(str(pin.marker)).evaluate(where))
    ]
    assert len(found) == 1, f"{name} on Python {python}: {found}"
    return found[0]


@pytest.mark.parametrize("python", PYTHONS)
def test_pins_lie_in_the_ranges_of_pyproject(python):
    for requirement in asked_for():
        version = pin_of(requirement.name, python)
        assert requirement.specifier.contains(version), f"{requirement} against {version}"


def test_requirements_are_exact():
    for pin in PINS:
        assert [spec.operator for spec in pin.specifier] == ["=="], str(pin)
        assert pin.url is None, f"{pin} names a host"


def test_the_newest_tensorflow_goes_before_the_newest_of_others():
    """uv settles first what stands first; h5py 3.15 is newer than what TensorFlow 2.21 allows."""
    assert Requirement(PROJECT["dependencies"][0]).name == "tensorflow"


def imported_packages(folder) -> dict[str, str]:
    """Return the top-level names that the modules of a folder import, each with one module."""
    found = {}
    paths = list(ROOT.joinpath(folder).rglob("*.py"))
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0]: path.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found[node.module.split(".")[0]] = path.name
    paths += ROOT.glob("tools/*.py")
    own = {path.stem for path in paths} | {"course_utils"} | sys.stdlib_module_names
    return {name: where for name, where in found.items() if name not in own}


@pytest.mark.parametrize("folder, extras", [("course_utils", []), ("tests", ["test"])])
def test_every_package_that_is_imported_is_declared(folder, extras):
    texts = PROJECT["dependencies"] + [
        text for extra in extras for text in PROJECT["optional-dependencies"][extra]
    ]
    declared = {canonicalize_name(Requirement(text).name) for text in texts}
    distributions = packages_distributions()
    undeclared = {
        name: where
        for name, where in imported_packages(folder).items()
        if declared.isdisjoint(map(canonicalize_name, distributions.get(name, [name])))
    }
    assert not undeclared


def test_files_beside_the_code_are_installed_with_it():
    """Templates, styles, weights and numbers: what is not code must be named in pyproject.toml."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    patterns = tomllib.loads(text)["tool"]["setuptools"]["package-data"]
    named = {
        path
        for package, globs in patterns.items()
        for glob in globs
        for path in ROOT.joinpath(*package.split(".")).glob(glob)
    }
    files = {path for path in ROOT.joinpath("course_utils").rglob("*.*") if path.is_file()}
    beside = {path for path in files if path.suffix not in (".py", ".pyc")}
    assert beside and not beside - named


def test_numpy_differs_between_pythons():
    """NumPy 2.5 left Python 3.11 behind, so its pin needs a marker."""
    assert pin_of("numpy", "3.11") != pin_of("numpy", "3.12")


def test_conda_environment_has_the_same_python_and_packages():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    dependencies = environment["dependencies"]
    python = next(d for d in dependencies if isinstance(d, str) and d.startswith("python"))
    assert SpecifierSet(python.removeprefix("python")) == SpecifierSet(PROJECT["requires-python"])
    assert {"pip": ["-r requirements.txt", "-e ."]} in dependencies


def test_workflow_tests_every_python_and_system():
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    matrix = workflow["jobs"]["tested"]["strategy"]["matrix"]
    assert tuple(matrix["python"]) == PYTHONS
    assert {name.split("-")[0] for name in matrix["os"]} == {"ubuntu", "macos", "windows"}
    allowed = SpecifierSet(PROJECT["requires-python"])
    assert all(f"{python}.0" in allowed for python in PYTHONS)


def test_the_website_is_published_from_a_green_main_alone():
    workflow = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8"))
    ci = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text(encoding="utf-8"))
    starts = workflow[True]  # YAML's word for "on"
    assert starts["workflow_run"] == {
        "workflows": [ci["name"]],
        "branches": ["main"],
        "types": ["completed"],
    }
    build, publish = workflow["jobs"]["build"], workflow["jobs"]["publish"]
    assert "workflow_run.conclusion == 'success'" in build["if"]
    assert publish["needs"] == "build" and "outputs.address != ''" in publish["if"]
    assert workflow["permissions"] == {"contents": "read"}
    uploads = {
        step["uses"].split("@")[0]: step["if"] for step in build["steps"] if "path" in str(step)
    }
    assert "== 'pull_request'" in uploads["actions/upload-artifact"]
    assert "!= 'pull_request'" in uploads["actions/upload-pages-artifact"]


def test_make_help_lists_every_command():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = set(re.findall(r"^\.PHONY: (\w+)$", text, re.M))
    helped = set(re.findall(r"^(\w+):.*## ", text, re.M))
    assert phony == helped
    assert {"lab", "test", "run", "full", "format", "help"} <= helped


@pytest.fixture
def bare_machine(tmp_path):
    """A copy of the set-up script, and a PATH with nothing but what the test puts there."""
    tools, commands = tmp_path / "tools", tmp_path / "commands"
    tools.mkdir()
    commands.mkdir()
    shutil.copy(ROOT / "tools/setup", tools)
    (commands / "dirname").symlink_to(shutil.which("dirname"))

    def set_up(environment=(), words=(), **pythons):
        for name, version in pythons.items():
            command = commands / name.replace("_", ".")
            good = version in PYTHONS
            command.write_text(
                f'#!/bin/sh\n[ "$1" = -c ] && exit {0 if good else 1}\n'
                f'[ "$1" = --version ] && echo "Python {version}"\n'
                f'[ "$1" = -m ] && echo "$0 $*" && exit 7\nexit 0\n'
            )
            command.chmod(0o755)
        return subprocess.run(
            [shutil.which("sh"), "tools/setup", *words],
            cwd=tmp_path,
            env={"PATH": str(commands), **dict(environment)},
            capture_output=True,
            text=True,
        )

    return set_up


needs_sh = pytest.mark.skipif(os.name == "nt", reason="fake interpreters are shell scripts")


@pytest.mark.fault("no suitable Python at the set-up")
@needs_sh
def test_set_up_without_a_suitable_python_says_so_in_one_sentence(bare_machine):
    result = bare_machine(python3="3.14", python="2.7")
    assert result.returncode == 1
    assert result.stderr.strip() == (
        "The course needs Python 3.11, 3.12 or 3.13, and none was found: "
        "install one from python.org, or uv, and run this again."
    )


@pytest.mark.fault("no suitable Python, but uv")
@needs_sh
def test_set_up_lets_uv_fetch_a_python_where_none_is_suitable(bare_machine, tmp_path):
    uv = tmp_path / "commands" / "uv"
    uv.write_text('#!/bin/sh\necho "$0 $*" && exit 7\n')
    uv.chmod(0o755)
    result = bare_machine(python3="3.14")
    assert "Setting up .venv with a Python that uv fetches" in result.stdout
    assert "uv venv --quiet --clear --python >=3.11,<3.14 .venv" in result.stdout


@needs_sh
@pytest.mark.parametrize(
    "installed, chosen",
    [
        ({"python3": "3.12"}, "3.12"),
        ({"python3": "3.14", "python3_13": "3.13"}, "3.13"),
        ({"python3": "3.10", "python3_11": "3.11", "python3_13": "3.13"}, "3.13"),
    ],
)
def test_set_up_takes_the_first_suitable_python(bare_machine, installed, chosen):
    result = bare_machine(**installed)
    assert f"Setting up .venv with Python {chosen}" in result.stdout
    assert "-m venv --clear .venv" in result.stdout, "without uv, venv and pip are used"


@needs_sh
def test_the_lowest_releases_are_found_by_uv_and_by_nobody_else(bare_machine, tmp_path):
    result = bare_machine(environment={"LOWEST": "1"}, python3="3.12")
    assert result.returncode == 1 and "LOWEST=1 needs uv" in result.stderr
    uv = tmp_path / "commands" / "uv"
    uv.write_text('#!/bin/sh\necho "$0 $*"\n')
    uv.chmod(0o755)
    result = bare_machine(environment={"LOWEST": "1"}, python3="3.12")
    assert "--resolution lowest-direct --editable .[test]" in result.stdout


@needs_sh
def test_jupyterhub_is_added_to_the_environment_that_is_there(bare_machine, tmp_path):
    uv = tmp_path / "commands" / "uv"
    uv.write_text('#!/bin/sh\necho "$0 $*"\n')
    uv.chmod(0o755)
    said = bare_machine(words=["hub"], python3="3.12").stdout
    assert "uv pip install" in said and "--constraint requirements.txt jupyterhub" in said
    assert "uv venv" not in said
