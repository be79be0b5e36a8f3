"""Look over what the course runs on: findings first, then what to mend, a sentence each."""

import difflib
import os
import platform
import re
import shutil
import sys
import urllib.request
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from course_utils import settings
from course_utils.datasets import prepared
from course_utils.datasets.download import check_proxy
from course_utils.keras_inside import configuration
from course_utils.reader.notices import write_line

import psutil
from jupyter_client.kernelspec import KernelSpecManager

PACKAGES = ("tensorflow", "keras", "numpy", "jupyterlab")
PYTHONS = ((3, 11), (3, 13))
GB = 1 << 30
MEMORY_GB = 2  # free: the largest notebook takes about that
DISK_GB = 4  # free: what the downloads and the prepared copies take

Finding = tuple[str, str]  # what is so, and what to do about it ("" for nothing)


def show() -> None:
    """Print what was found, and then what to mend."""
    mends = []
    for look in LOOKS:
        try:
            for finding, mend in look():
                if finding:
                    write_line(finding)
                if mend:
                    mends.append(mend)
        except (OSError, ValueError) as problem:  # the others are looked at all the same
            mends.append(str(problem))
    write_line("\nTo mend:" if mends else "\nThere is nothing to mend.")
    for mend in dict.fromkeys(mends):
        write_line(f"- {mend}")


def look_at_python() -> Iterator[Finding]:
    """Say which Python this is, and whether the course has been tested on it."""
    (first, last), mend = PYTHONS, ""
    if not first <= sys.version_info[:2] <= last or sys.maxsize < 1 << 32:
        mend = f"The course needs Python 3.11, 3.12 or 3.13 for 64 bits: {_set_up()}."
    yield f"Python {platform.python_version()} on {platform.platform()}", mend


def look_at_packages() -> Iterator[Finding]:
    """Say which versions there are, and which are too old for the course."""
    least = _least_versions()
    for package in PACKAGES:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            yield (
                f"{package} is not installed",
                f"{package} is missing: {_set_up()}, or start with the environment's own Python "
                "(.venv/bin/python).",
            )
            continue
        needed, mend = least.get(package, "0"), ""
        if _numbers(version) < _numbers(needed):
            mend = f"{package} {version} is older than {needed}: {_set_up()} once more."
        yield f"{package} {version}", mend
    try:
        metal = metadata.version("tensorflow-metal")
    except metadata.PackageNotFoundError:
        return
    yield (
        f"tensorflow-metal {metal}",
        "tensorflow-metal is no part of the course, and versions that do not go with this "
        "TensorFlow stop its start or give wrong numbers: `pip uninstall tensorflow-metal`.",
    )


def _set_up() -> str:
    """Return what sets up the course's environment, in a project or where it was installed."""
    if settings.checkout():
        return "run `sh tools/setup`"
    return "make a new environment and install the course's wheel in it"


def _least_versions() -> dict[str, str]:
    """Return what the course asks for at least: {package: version}."""
    try:
        needs = metadata.requires("course-utils") or []
    except metadata.PackageNotFoundError:  # run from its folder, not installed
        return {}
    return dict(re.findall(r"^([\w-]+)>=([\d.]+)", "\n".join(needs), re.MULTILINE))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def look_at_machine() -> Iterator[Finding]:
    """Say how much memory and disk is free."""
    free, total = _memory()
    mend = ""
    if free < MEMORY_GB * GB:
        mend = (
            f"{free / GB:.1f} GB of memory are free, and a notebook may need {MEMORY_GB}: shut "
            "down other kernels, close programs, or set COURSE_PROFILE=quick."
        )
    yield f"memory: {free / GB:.1f} of {total / GB:.1f} GB free", mend
    place = _existing(settings.data_dir())
    free, mend = shutil.disk_usage(place).free, ""
    if free < DISK_GB * GB:
        mend = (
            f"{free / GB:.1f} GB are free in {place}, and all data sets need {DISK_GB}: free some, "
            "or set COURSE_DATA_DIR to a folder on another disk."
        )
    yield f"disk of the data folder: {free / GB:.1f} GB free", mend


def _memory() -> tuple[int, int]:
    """Return free and all memory in bytes; in a container, no more than that may have."""
    memory = psutil.virtual_memory()
    try:
        here = Path("/sys/fs/cgroup")
        limit, used = (int((here / name).read_text()) for name in ("memory.max", "memory.current"))
    except (OSError, ValueError):  # another system, or no limit
        return memory.available, memory.total
    return min(memory.available, limit - used), min(memory.total, limit)


def _existing(folder: Path) -> Path:
    """Return the folder, or the nearest one above it that exists."""
    return next(place for place in (folder, *folder.parents) if os.path.exists(place))


def look_at_settings() -> Iterator[Finding]:
    """Say what the course's own variables are set to."""
    yield f"profile: {settings.profile().name}; data policy: {settings.data_policy()}", ""


def look_at_folders() -> Iterator[Finding]:
    """Say where data lies and where it would go, and whether that can be read and written."""
    folder = settings.data_dir()
    yield f"data folder: {folder}", ""
    if not os.path.isdir(folder):
        is_file = os.path.exists(folder)
        near = _existing(folder.parent)
        names = [child.name for child in near.iterdir() if child.is_dir()]
        close = difflib.get_close_matches(folder.name, names, n=1)
        hint = f" (did you mean {near / close[0]}?)" if close else ""
        what = "is a file, and no folder" if is_file else "does not exist"
        yield (
            "",
            f"The data folder {folder} {what}{hint}: set COURSE_DATA_DIR to the folder that holds "
            "the data, or let the first download make it.",
        )
    elif not os.access(folder, os.R_OK | os.X_OK):
        yield (
            "",
            f"The data folder {folder} cannot be read: ask its owner for `chmod -R a+rX {folder}`, "
            "or set COURSE_DATA_DIR to another one.",
        )
    places = [folder, settings.user_cache_dir()]
    writable = [place for place in places if os.access(_existing(place), os.W_OK)]
    yield f"downloads and checkpoints go to: {writable[0] if writable else 'nowhere'}", ""
    if not writable:
        yield (
            "",
            f"Neither {places[0]} nor {places[1]} can be written: set COURSE_DATA_DIR to a folder "
            "of your own, or nothing is downloaded or kept.",
        )
    names = sorted(prepared.find_names(settings.tfds_dirs()))
    yield f"prepared data sets: {', '.join(names) or 'none yet'}", ""


def look_at_network() -> Iterator[Finding]:
    """Say which proxies are set, and whether they answer."""
    for scheme in ("http", "https"):
        if scheme in urllib.request.getproxies():
            shown, problem = check_proxy(scheme)
            yield f"proxy for {scheme}: {shown}", problem


def look_at_letters() -> Iterator[Finding]:
    """Say which letters this terminal or file can show."""
    encoding, mend = sys.stdout.encoding or "utf-8", ""
    try:
        "é…→字".encode(encoding)
    except UnicodeError:
        mend = (
            f"The output is in {encoding}, which lacks many letters, so that some are shown as "
            "codes: set PYTHONUTF8=1, and a terminal to UTF-8."
        )
    yield f"letters: {encoding}", mend


def look_at_kernel() -> Iterator[Finding]:
    """Say whether a notebook that is opened in JupyterLab runs on this Python."""
    found = KernelSpecManager().get_kernel_spec("python3")
    program, mend = Path(found.argv[0]), ""
    if program.is_absolute() and program.parent != Path(sys.executable).absolute().parent:
        mend = (
            f"Notebooks are opened on another Python, {program}: remove {found.resource_dir}, "
            'which bears the name "python3", as the kernel of the course does.'
        )
    yield "", mend


def look_at_keras() -> Iterator[Finding]:
    """Say which settings of another course Keras would start with."""
    for sentence in configuration.find_differences():
        yield "", sentence


LOOKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    look_at_python,
    look_at_packages,
    look_at_machine,
    look_at_settings,
    look_at_folders,
    look_at_network,
    look_at_letters,
    look_at_kernel,
    look_at_keras,
)
