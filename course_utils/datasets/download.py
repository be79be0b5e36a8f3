"""Fetch a file so that it arrives whole or not at all, over networks that are slow or break off."""

import contextlib
import errno
import hashlib
import http.client
import os
import queue
import re
import socket
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from course_utils import settings
from course_utils.reader.progress import Progress

# How long a host may take to its first sign of life, the look-up of its name included: where a
# stand-in would do, where nothing else will do, and where it was silent a minute ago or another
# host has answered.
SECONDS_TO_ANSWER = {"auto": 4.0, "standin": 4.0, "real": 15.0}
SECONDS_FOR_THE_SILENT = 0.8
SECONDS_BETWEEN_ADDRESSES = 0.25  # of one host, which are tried side by side
SECONDS_TO_BEGIN = {"auto": 10.0, "standin": 10.0, "real": 20.0}  # with the file
SECONDS_OF_SILENCE = 20  # while data flows
LEAST_BYTES_A_SECOND = 1000  # anything slower counts as silence
PAUSES = (0.0, 1.0, 3.0)  # seconds before each round of tries
PASSING = (408, 425, 429, 500, 502, 503, 504)  # HTTP: it may be otherwise in a moment
CHUNK = 1 << 18
MOST_BYTES = 4 << 30  # of a file whose size nobody states
STORAGE_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS)

_silent: dict[str, float] = {}  # hosts that did not answer, and until when that is remembered


class WrongFileError(OSError):
    """What arrived is not the file that was asked for: other size, or other SHA-256."""


class _CutShortError(WrongFileError):
    """The answer ended before the file did."""


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

    The bytes go to a hidden file beside, are checked (size, SHA-256), and only then get the final
    name. Where a connection breaks off, or the process is killed, that hidden file stays if the
    hash of the whole is known, and the next try goes on from there. Where several processes may
    want the same file, the caller holds a lock.

    Raises ConnectionError if no address answers, WrongFileError if the addresses that answer
    send something else, OSError if the folder cannot take the file.
    """
    target = Path(folder) / file.name
    if target.exists():
        check(file, target)
        return target
    part = target.with_name(f".{target.name}.part")
    urls, problems = _answering(file.urls), {}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        if urls:
            raise _storage_error(problem, file, target.parent) from problem
    for pause in PAUSES:
        if urls:
            time.sleep(pause)
        for url in tuple(urls):
            try:
                _download(url, file, part)
                os.replace(part, target)
                return target
            except (OSError, http.client.HTTPException) as problem:
                if getattr(problem, "errno", None) in STORAGE_ERRORS:
                    _remove(part)  # the space is wanted
                    raise _storage_error(problem, file, target.parent) from problem
                problems[url] = _as_sentence(problem, url)
                if not _is_passing(problem):
                    urls.remove(url)
    found = list(problems.values())
    wrong = [problem for problem in found if isinstance(problem, WrongFileError)]
    if found:
        raise (wrong or found)[0]
    raise ConnectionError(f"No network: {_who_is_silent(file.urls)} did not answer.")


def _remove(part: Path) -> None:
    with contextlib.suppress(OSError):  # of a folder that cannot be written
        part.unlink(missing_ok=True)


def _is_passing(problem: Exception) -> bool:
    """Tell whether another try in a moment may succeed; who was waited for in vain is let be."""
    if isinstance(problem, urllib.error.HTTPError):
        return problem.code in PASSING
    reason = getattr(problem, "reason", problem)
    kinds = (_CutShortError, ConnectionError, http.client.HTTPException)
    return isinstance(reason, kinds)


def _as_sentence(problem: Exception, url: str) -> OSError:
    if isinstance(problem, WrongFileError):
        return problem
    if proxy := _proxy(url):
        where = f"{_host(url)} broke off at the proxy {_without_password(proxy)}"
        return ConnectionError(f"{where} ({_reason(problem)}).")
    return ConnectionError(f"{_host(url)} broke off ({_reason(problem)}).")


def _who_is_silent(urls: Sequence[str]) -> str:
    proxies = [f"the proxy {_without_password(proxy)}" for proxy in map(_proxy, urls) if proxy]
    return ", ".join(dict.fromkeys(proxies or map(_host, urls)))


# ---- Connections


def _answering(urls: Sequence[str]) -> list[str]:
    """Return the addresses whose host takes a connection in good time, in order.

    All hosts are asked at once, in threads that may be left behind: the name look-up of the
    operating system has no time limit of its own. Hosts that fail at once cost no time.
    """
    answers, hosts = queue.Queue(), {url: _endpoint(url) for url in urls}
    patience, now = SECONDS_TO_ANSWER[settings.data_policy()], time.monotonic()
    is_optional = settings.data_policy() != "real"
    if is_optional and all(_silent.get(host, 0) > now for host, _ in hosts.values()):
        patience = min(patience, SECONDS_FOR_THE_SILENT)

    def ask(url):
        try:
            connect(hosts[url], patience).close()
            answers.put((url, True))
        except (OSError, ValueError):  # a name that cannot be one
            answers.put((url, False))

    for url in urls:
        threading.Thread(target=ask, args=(url,), daemon=True).start()
    alive, deadline = {}, now + patience
    while len(alive) < len(urls):
        try:
            url, alive[url] = answers.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            break
        if alive[url]:
            deadline = min(deadline, time.monotonic() + SECONDS_FOR_THE_SILENT)
    for url in urls:
        if url not in alive:
            _silent[hosts[url][0]] = now + 60
    return [url for url in urls if alive.get(url)]


def connect(address: tuple[str, int], timeout: float, source: None = None) -> socket.socket:
    """Return a connection to a host, as `socket.create_connection`, to whichever address answers.

    A host often has an IPv6 and an IPv4 address, and a network without a way for one of them may
    be silent about it: a quarter of a second later the next address is tried beside the first.
    """
    found, lock, is_over = queue.Queue(), threading.Lock(), threading.Event()

    def try_one(place):
        try:
            made = socket.create_connection(place[:2], timeout)
        except OSError as problem:
            made = problem
        with lock:
            if not is_over.is_set():
                found.put(made)
            elif isinstance(made, socket.socket):
                made.close()

    def end():
        """Close the connections that came too late, and those still to come."""
        with lock:
            is_over.set()
        while not found.empty():
            if isinstance(late := found.get(), socket.socket):
                late.close()

    places = [info[4] for info in socket.getaddrinfo(*address, type=socket.SOCK_STREAM)]
    problem, waiting, deadline = None, 0, time.monotonic() + timeout
    try:
        for place in places:
            threading.Thread(target=try_one, args=(place,), daemon=True).start()
            waiting += 1
            last = place == places[-1]
            until = deadline if last else time.monotonic() + SECONDS_BETWEEN_ADDRESSES
            while waiting and (left := until - time.monotonic()) > 0:
                try:
                    answer = found.get(timeout=left)
                except queue.Empty:
                    break
                if isinstance(answer, socket.socket):
                    return answer
                problem, waiting = answer, waiting - 1
        raise problem or TimeoutError(f"no address of {address[0]} answered")
    finally:
        end()


class _Connection(http.client.HTTPConnection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._create_connection = connect  # where http.client keeps what makes its connections


class _SecureConnection(http.client.HTTPSConnection):
    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self._create_connection = connect


class _Handler(urllib.request.HTTPHandler):
    def http_open(self, request):
        return self.do_open(_Connection, request)


class _SecureHandler(urllib.request.HTTPSHandler):
    def https_open(self, request):
        return self.do_open(_SecureConnection, request)


def _open(url: str, start: int) -> http.client.HTTPResponse:
    """Return the answer of a host, from byte `start` of the file on if the host can do that.

    A host that sends its head byte by byte is given up, in a thread that may be left behind.
    """
    headers = {"User-Agent": "course-utils"} | ({"Range": f"bytes={start}-"} if start else {})
    request = urllib.request.Request(url, headers=headers)
    opener = urllib.request.build_opener(_Handler, _SecureHandler)  # sees a proxy just set
    answers, given_up = queue.Queue(), threading.Event()

    def ask():
        try:
            answer = opener.open(request, timeout=SECONDS_OF_SILENCE)
        except Exception as problem:
            answer = problem
        if given_up.is_set() and hasattr(answer, "close"):
            answer.close()
        answers.put(answer)

    threading.Thread(target=ask, daemon=True).start()
    patience = SECONDS_TO_BEGIN[settings.data_policy()]
    try:
        answer = answers.get(timeout=patience)
    except queue.Empty:
        given_up.set()
        raise TimeoutError(f"no file for {patience:.0f} seconds") from None
    if isinstance(answer, Exception):
        if isinstance(answer, urllib.error.HTTPError):
            answer.close()  # which is the host's page about it, too
        raise answer
    return answer


def _proxy(url: str) -> str | None:
    """Return the proxy that is set for an address, or None."""
    parts = urllib.parse.urlparse(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    return proxy if proxy and not urllib.request.proxy_bypass(parts.hostname) else None


def _without_password(proxy: str) -> str:
    """Return a proxy's address as it may be shown."""
    return re.sub(r"[^/@]*@", "", proxy)


def _endpoint(url: str) -> tuple[str, int]:
    """Return host and port to connect to: those of the proxy, where one is set."""
    scheme = urllib.parse.urlparse(url).scheme
    if proxy := _proxy(url):
        return _place_of_proxy(proxy, scheme)
    return _place(url)


def _place(address: str) -> tuple[str, int]:
    """Return host and port of an address; ValueError for one that is none."""
    parts = urllib.parse.urlparse(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{address} is no address")
    return parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)


def _place_of_proxy(proxy: str, scheme: str) -> tuple[str, int]:
    try:
        return _place(proxy if "://" in proxy else f"http://{proxy}")
    except ValueError as problem:
        raise ConnectionError(
            f"The proxy {_without_password(proxy)!r} is none that can be used: set the variable "
            f"{scheme}_proxy to http://<host>:<port>, or unset it."
        ) from problem


def check_proxy(scheme: str) -> tuple[str, str]:
    """Return the proxy for "http" or "https" as it may be shown, and what is wrong with it.

    What is wrong is a sentence, or "". There is a proxy if `urllib` finds one.
    """
    proxy = urllib.request.getproxies()[scheme]
    shown = _without_password(proxy)
    try:
        place = _place_of_proxy(proxy, scheme)
    except ConnectionError as problem:
        return shown, str(problem)
    try:
        connect(place, SECONDS_TO_ANSWER["auto"]).close()
    except OSError:
        return shown, f"The proxy {shown} does not answer: switch it on, or unset {scheme}_proxy."
    return shown, ""


# ---- Bytes


def _download(url: str, file: RemoteFile, part: Path) -> None:
    """Bring all of `file` into `part`, which may hold its beginning, and check it."""
    if not (file.sha256 or file.md5):  # nothing would tell whether two parts are of one file
        part.unlink(missing_ok=True)
    start = part.stat().st_size if part.exists() else 0
    try:
        received, digest, size = _transfer(url, file, part, start)
        _check(replace(file, size=size), received, digest, _host(url))
    except _CutShortError:
        raise
    except WrongFileError:
        part.unlink()
        if not start:
            raise
        _download(url, file, part)  # what lay there was the beginning of another file


def _transfer(url: str, file: RemoteFile, part: Path, start: int) -> tuple[int, str, int | None]:
    """Add to `part` what is missing; return bytes and digest of it all, and the size it needs."""
    bar = Progress(1, f"Downloading {file.name}")
    bar.update(0, f"waiting for {_host(url)}")
    try:
        with _open(url, start if start < (file.size or MOST_BYTES) else 0) as response:
            start = start if response.status == 206 else 0  # else the host sends the whole
            file = replace(file, size=file.size or _stated_size(response, start))
            digest = _new_digest(file)
            if start:
                _read_into(digest, part)
            bar.total = file.size or 1
            with open(part, "ab" if start else "wb") as out:
                received = _copy(response, out, digest, start, file, bar)
    finally:
        bar.close()
    return received, digest.hexdigest(), file.size


def _copy(response, out, digest, received: int, file: RemoteFile, bar: Progress) -> int:
    """Copy what comes, from byte `received` on; return how much there is then."""
    most, since, then = file.size or MOST_BYTES, time.monotonic(), received
    while received <= most and (chunk := response.read1(CHUNK)):
        out.write(chunk)
        digest.update(chunk)
        received += len(chunk)
        bar.update(received, f"{received / 1e6:.0f} of {most / 1e6:.0f} MB")
        if (seconds := time.monotonic() - since) > SECONDS_OF_SILENCE:
            if received - then < LEAST_BYTES_A_SECOND * seconds:
                raise TimeoutError(f"{received - then:,} bytes in {seconds:.0f} seconds")
            since, then = time.monotonic(), received
    return received


def _stated_size(response, start: int) -> int | None:
    """Return the length that the host states, so that a file cut short is noticed."""
    stated = response.headers.get("Content-Length", "")
    return start + int(stated) if stated.isdigit() else None


def check(file: RemoteFile, path: Path) -> None:
    """Hold a file on disk against what is known of it; WrongFileError if it is another one."""
    digest = _new_digest(file)
    _read_into(digest, path)
    _check(file, path.stat().st_size, digest.hexdigest(), str(path))


def _read_into(digest, path: Path) -> None:
    with open(path, "rb") as opened:
        while chunk := opened.read(CHUNK):
            digest.update(chunk)


def _new_digest(file: RemoteFile):
    return hashlib.md5(usedforsecurity=False) if _uses_md5(file) else hashlib.sha256()


def _uses_md5(file: RemoteFile) -> bool:
    return bool(file.md5 and not file.sha256)


def _check(file: RemoteFile, size: int, digest: str, where: str) -> None:
    if file.size is not None and size != file.size:
        kind = _CutShortError if size < file.size else WrongFileError
        raise kind(
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
