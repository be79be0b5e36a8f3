"""Fetch a file so that it arrives whole or not at all."""

import errno
import hashlib
import http.client
import os
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from course_utils.progress import Progress

SECONDS_TO_ANSWER = 0.8  # for the first sign of life of a host
SECONDS_OF_SILENCE = 20  # while data flows
CHUNK = 1 << 18
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


class WrongFileError(OSError):
    """What arrived is not the file that was asked for: other size, or other SHA-256."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network: the same bytes at one or more addresses.

    urls: addresses, tried in order; size in bytes; sha256 as 64 hexadecimal digits.
    """

    urls: Sequence[str]
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return Path(urllib.parse.urlparse(self.urls[0]).path).name


def fetch(file: RemoteFile, folder: Path) -> Path:
    """Download `file` into `folder`, unless it is there already, and return its path.

    The bytes go to a temporary name, are checked (size, SHA-256), and only then get the final
    name: a failed download leaves nothing, a killed one only a hidden temporary file, and
    neither touches a file that is there.

    Raises ConnectionError if no address answers, WrongFileError if the addresses that answer
    send something else, OSError if the folder cannot take the file.
    """
    target = Path(folder) / file.name
    if target.exists():
        _check(file, target.stat().st_size, _sha256(target), str(target))
        return target
    problems = []
    for url in _answering(file.urls):
        out = _open_beside(target, file)
        try:
            return _download(url, file, out, target)
        except WrongFileError as problem:
            problems.append(problem)
        except (OSError, http.client.HTTPException) as problem:
            if getattr(problem, "errno", None) in STORAGE_ERRORS:
                raise _storage_error(problem, file, target.parent) from problem
            problems.append(ConnectionError(f"{_host(url)} broke off ({_reason(problem)})."))
    wrong = [problem for problem in problems if isinstance(problem, WrongFileError)]
    if problems:
        raise (wrong or problems)[0]
    hosts = ", ".join(dict.fromkeys(map(_host, file.urls)))
    raise ConnectionError(f"No network: {hosts} did not answer.")


def _answering(urls: Sequence[str]) -> list[str]:
    """Return the addresses whose host takes a connection within `SECONDS_TO_ANSWER`, in order.

    All hosts are asked at once, in threads that may be left behind: the name look-up of the
    operating system has no time limit of its own.
    """
    alive = {}

    def ask(url):
        try:
            socket.create_connection(_endpoint(url), timeout=SECONDS_TO_ANSWER).close()
            alive[url] = True
        except OSError:
            alive[url] = False

    threads = [threading.Thread(target=ask, args=(url,), daemon=True) for url in urls]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [url for url in urls if alive.get(url)]


def _endpoint(url: str) -> tuple[str, int]:
    """Return host and port to connect to: those of the proxy, where one is set."""
    parts = urllib.parse.urlparse(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy and not urllib.request.proxy_bypass(parts.hostname):
        parts = urllib.parse.urlparse(proxy if "://" in proxy else f"http://{proxy}")
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _open_beside(target: Path, file: RemoteFile):
    """Open a new file in the folder of `target`, under a hidden name that no other process has."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        return open(target.with_name(f".{target.name}.{uuid.uuid4().hex}"), "xb")
    except OSError as problem:
        raise _storage_error(problem, file, target.parent) from problem


def _download(url: str, file: RemoteFile, out, target: Path) -> Path:
    digest, received = hashlib.sha256(), 0
    bar = Progress(file.size, f"Downloading {file.name}")
    try:
        with out, _open(url) as response:
            while received <= file.size and (chunk := response.read(CHUNK)):
                out.write(chunk)
                digest.update(chunk)
                received += len(chunk)
                bar.update(received, f"{received / 1e6:.0f} of {file.size / 1e6:.0f} MB")
        _check(file, received, digest.hexdigest(), _host(url))
        os.replace(out.name, target)
    finally:
        bar.close()
        Path(out.name).unlink(missing_ok=True)
    return target


def _open(url: str):
    request = urllib.request.Request(url, headers={"User-Agent": "course-utils"})
    opener = urllib.request.build_opener()  # a new one sees a proxy that was just set
    return opener.open(request, timeout=SECONDS_OF_SILENCE)


def _check(file: RemoteFile, size: int, sha256: str, where: str) -> None:
    if size != file.size:
        raise WrongFileError(
            f"{file.name} from {where} has {size:,} bytes instead of {file.size:,}: "
            "it is cut short or another file, and was not used; delete it if it is yours, "
            "and try again later."
        )
    if sha256 != file.sha256:
        raise WrongFileError(
            f"{file.name} from {where} has SHA-256 {sha256[:12]}… instead of {file.sha256[:12]}…: "
            "it is damaged or another file, and was not used; delete it if it is yours, "
            "and try again later."
        )


def _sha256(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _storage_error(problem: OSError, file: RemoteFile, folder: Path) -> OSError:
    """Return what the disk refused, in one sentence and with the same `errno`."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        error = OSError(
            f"The disk is full: {file.name} needs {file.size / 1e6:,.0f} MB in {folder}; "
            "free some space, or set COURSE_DATA_DIR to another folder."
        )
    else:
        error = PermissionError(
            f"The folder {folder} cannot be written, so {file.name} was not downloaded; "
            "set COURSE_DATA_DIR to a folder of your own."
        )
    error.errno = problem.errno
    return error


def _host(url: str) -> str:
    return urllib.parse.urlparse(url).netloc


def _reason(problem: Exception) -> str:
    if isinstance(problem, urllib.error.HTTPError):
        return f"HTTP status {problem.code}"
    reason = getattr(problem, "reason", None) or problem
    words = " ".join(str(getattr(reason, "strerror", None) or reason).split())
    return words or type(problem).__name__
