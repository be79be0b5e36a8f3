"""Fetch a file so that it arrives whole or not at all."""

import errno
import hashlib
import http.client
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils import files
from course_utils.reader.progress import Progress

SECONDS_TO_ANSWER = 0.8  # for the first sign of life of a host
SECONDS_OF_SILENCE = 20  # while data flows
CHUNK = 1 << 18
MOST_BYTES = 4 << 30  # of a file whose size nobody states
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)


class WrongFileError(OSError):
    """What arrived is not the file that was asked for: other size, or other SHA-256."""


@dataclass(frozen=True)
class RemoteFile:
    """A file on the network: the same bytes at one or more addresses.

    urls: addresses, tried in order; size in bytes (None: what the host states); sha256 or md5 in
    hexadecimal digits (None: not known).
    """

    urls: Sequence[str]
    size: int | None = None
    sha256: str | None = None
    md5: str | None = None

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
        check(file, target)
        return target
    problems = []
    for url in _answering(file.urls):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise _storage_error(problem, file, target.parent) from problem
        try:
            return _download(url, file, target)
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


def _download(url: str, file: RemoteFile, target: Path) -> Path:
    digest, received, bar = _new_digest(file), 0, None
    try:
        with files.replacing(target) as beside:
            with open(beside, "wb") as out, _open(url) as response:
                file = replace(file, size=file.size or _stated_size(response))
                bar = Progress(file.size or 1, f"Downloading {file.name}")
                most = file.size or MOST_BYTES
                while received <= most and (chunk := response.read(CHUNK)):
                    out.write(chunk)
                    digest.update(chunk)
                    received += len(chunk)
                    bar.update(received, f"{received / 1e6:.0f} of {most / 1e6:.0f} MB")
            _check(file, received, digest.hexdigest(), _host(url))
    finally:
        if bar:
            bar.close()
    return target


def _stated_size(response) -> int | None:
    """Return the length that the host states, so that a file cut short is noticed."""
    stated = response.headers.get("Content-Length", "")
    return int(stated) if stated.isdigit() else None


def _open(url: str):
    request = urllib.request.Request(url, headers={"User-Agent": "course-utils"})
    opener = urllib.request.build_opener()  # a new one sees a proxy that was just set
    return opener.open(request, timeout=SECONDS_OF_SILENCE)


def check(file: RemoteFile, path: Path) -> None:
    """Hold a file on disk against what is known of it; WrongFileError if it is another one."""
    digest = _new_digest(file)
    with open(path, "rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)
    _check(file, path.stat().st_size, digest.hexdigest(), str(path))


def _new_digest(file: RemoteFile):
    return hashlib.md5(usedforsecurity=False) if _uses_md5(file) else hashlib.sha256()


def _uses_md5(file: RemoteFile) -> bool:
    return bool(file.md5 and not file.sha256)


def _check(file: RemoteFile, size: int, digest: str, where: str) -> None:
    if file.size is not None and size != file.size:
        raise WrongFileError(
            f"{file.name} from {where} has {size:,} bytes instead of {file.size:,}: "
            "it is cut short or another file, and was not used; delete it if it is yours, "
            "and try again later."
        )
    known, kind = (file.md5, "MD5") if _uses_md5(file) else (file.sha256, "SHA-256")
    if known and digest != known:
        raise WrongFileError(
            f"{file.name} from {where} has {kind} {digest[:12]}… instead of {known[:12]}…: "
            "it is damaged or another file, and was not used; delete it if it is yours, "
            "and try again later."
        )


def _storage_error(problem: OSError, file: RemoteFile, folder: Path) -> OSError:
    """Return what the disk refused, in one sentence and with the same `errno`."""
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        needs = f"needs {file.size / 1e6:,.0f} MB" if file.size else "does not fit"
        error = OSError(
            f"The disk is full: {file.name} {needs} in {folder}; "
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
