"""Start one script in several processes of this machine, and watch over them.

Each process is told who it is by variables, as schedulers of clusters do: RANK, its number;
PROCESSES, how many there are; ADDRESS, where they meet; ADDRESSES, one for each of them.
"""

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from course_utils import files, settings
from course_utils.reader.notices import notice
from course_utils.reader.progress import Progress

SECONDS_BETWEEN_LOOKS = 0.1
SECONDS_TO_LEAVE = 2.0  # for a process that has its own reason to end, too
CHATTER = "[Gloo]"  # how the library says that all have found each other
COMPILE_QUICKLY = "--xla_backend_optimization_level=1"  # for XLA, which compiles what JAX runs
KILLED = (-9, -15, 9)  # exit codes of SIGKILL and SIGTERM; on Windows, of os.kill(…, 9)


@dataclass
class Kept:
    """What a run said, for the demo profile.

    made_of: fingerprint of the script and of the data beside it; day: ISO date; said: the last
    line of each process; ended: the sentence about a run that did not come to its end, or "".
    """

    made_of: str
    day: str
    said: list[str] = field(default_factory=list)
    ended: str = ""


def run(script: str | Path, processes: int = 1, **variables: object) -> list[str]:
    """Run a Python script in so many processes at once; return the last line that each printed.

    variables: more for their environment, as EPOCHS=3. The processes work in the script's folder.
    JAX compiles for them with less zeal, unless XLA_FLAGS say otherwise: a small network takes
    longer to compile than to train, and this halves the seconds; its steps take as long as before.
    Where one ends badly the others would wait for it: they are stopped, a sentence says so, and
    the lines so far are returned ("" for a process that has printed none). In the demo
    profile nothing is started if this very run was made before: what was printed then is returned,
    and a notice says so.
    Raises FileNotFoundError without a script, ValueError for less than one process.

    >>> _ = Path("who.py").write_text("import os; print('I am', os.environ['RANK'])")
    >>> run("who.py", 2)
    ['I am 0', 'I am 1']
    """
    script = Path(script)
    if not script.is_file():
        raise FileNotFoundError(
            f"There is no script {script.name}: run the cells above that write it."
        )
    if not isinstance(processes, int) or processes < 1:
        raise ValueError(f"{processes!r} processes cannot be started: give a whole number from 1.")
    made_of = _fingerprint(script)
    kept = _read(script, processes, variables) if settings.profile().reuse else None
    if kept and kept.made_of == made_of:
        notice(
            f"{_count(processes)} of {script.name}: not started, this is what was printed on "
            f"{kept.day} (demo profile)." + (f" {kept.ended}" if kept.ended else "")
        )
        return kept.said
    said, ended = _start_and_watch(script, processes, variables)
    if ended:
        notice(ended)
    in_renewal = settings.own_checkpoints_dir() == settings.shipped_checkpoints_dir()
    before = _read(script, processes, variables) if in_renewal else None
    if in_renewal and not (before and before.made_of == made_of):  # the same again is left alone
        _write(Kept(made_of, date.today().isoformat(), said, ended), script, processes, variables)
    return said


def free_address() -> str:
    """Return an address of this machine that no process listens at, as "127.0.0.1:49152"."""
    return free_addresses(1)[0]


def free_addresses(count: int) -> list[str]:
    """Return different free addresses of this machine."""
    with contextlib.ExitStack() as stack:  # all at once, so that none is given twice
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{probe.getsockname()[1]}" for probe in probes]


def _start_and_watch(script: Path, processes: int, variables: dict) -> tuple[list[str], str]:
    """Return the last lines, and the sentence about a bad end."""
    addresses = free_addresses(processes)
    shared = {"PROCESSES": str(processes), "ADDRESS": addresses[0]}
    shared |= {"ADDRESSES": " ".join(addresses)}
    shared |= {"XLA_FLAGS": os.environ.get("XLA_FLAGS", COMPILE_QUICKLY)}
    shared |= {name: str(value) for name, value in variables.items()}
    bar = Progress(1, f"{_count(processes)} of {script.name}")
    bar.update(0, "running")
    with _started(script, processes, shared) as (started, heard):
        ended = _watch(started)
        said = [_last_line(stream) for stream, _ in heard]
        reasons = [_last_line(stream) for _, stream in heard]
    bar.close("")
    if ended is None:
        return said, ""
    return said, _explain(ended, started[ended].returncode, reasons[ended], processes)


@contextlib.contextmanager
def _started(script: Path, processes: int, shared: dict) -> Iterator[tuple[list, list]]:
    """Give the processes and the files they print to; none of them outlives the block."""
    with contextlib.ExitStack() as stack:
        heard = [
            [stack.enter_context(tempfile.TemporaryFile()) for _ in ("output", "errors")]
            for _ in range(processes)
        ]
        started = []
        try:
            for rank, (output, errors) in enumerate(heard):
                started.append(
                    subprocess.Popen(
                        [sys.executable, script.name],
                        cwd=script.parent,
                        env={**os.environ, **shared, "RANK": str(rank), "PYTHONUTF8": "1"},
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=errors,
                    )
                )
            yield started, heard
        finally:
            for process in started:
                if process.poll() is None:
                    process.kill()
                process.wait()


def _watch(started: list[subprocess.Popen]) -> int | None:
    """Wait for all; return the number of the first that ended badly, after stopping the others."""
    while True:
        codes = [process.poll() for process in started]
        bad = [rank for rank, code in enumerate(codes) if code]
        if bad:
            _let_leave(started)
            return _first_to_blame(bad, started)
        if None not in codes:
            return None
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _let_leave(started: list[subprocess.Popen]) -> None:
    """Give the others a moment to end by themselves, so that what they print is heard."""
    until = time.monotonic() + SECONDS_TO_LEAVE
    while any(process.poll() is None for process in started) and time.monotonic() < until:
        time.sleep(SECONDS_BETWEEN_LOOKS)


def _first_to_blame(bad: list[int], started: list[subprocess.Popen]) -> int:
    """Return which of them was killed, if one was: those that miss it fail a moment later."""
    killed = [rank for rank in bad if started[rank].returncode in KILLED]
    return (killed or bad)[0]


def _explain(rank: int, code: int, reason: str, processes: int) -> str:
    """Say in a sentence how a run ended, and what to do."""
    how = "was killed" if code in KILLED else f"ended with an error ({reason})"
    others = processes - 1
    rest = {0: "", 1: " The other one, which would have waited for it, was stopped."}.get(
        others, f" The other {others}, which would have waited for it, were stopped."
    )
    return f"Process {rank} of {processes} {how}.{rest} Start them again."


def _last_line(stream) -> str:
    stream.seek(0)
    lines = [line.strip() for line in stream.read().decode("utf-8", "replace").splitlines()]
    said = [line for line in lines if line and not line.startswith(CHATTER)]
    return said[-1] if said else ""


def _count(processes: int) -> str:
    return f"{processes} process" + ("" if processes == 1 else "es")


# ---- What a run said, kept for the demo profile


def _fingerprint(script: Path) -> str:
    """Return a hash of the script and of the arrays beside it, on which its numbers rest."""
    digest = hashlib.sha256(script.read_text("utf-8").encode())
    for place in sorted(script.parent.glob("*.npz")):
        digest.update(place.read_bytes())
    return digest.hexdigest()[:16]


def _place(folder: Path, script: Path, processes: int, variables: dict) -> Path:
    more = [f"{name}-{value}".lower() for name, value in sorted(variables.items())]
    return folder / ("_".join(["run", script.stem, str(processes), *more]) + ".json")


def _read(script: Path, processes: int, variables: dict) -> Kept | None:
    place = _place(settings.shipped_checkpoints_dir(), script, processes, variables)
    try:
        return Kept(**json.loads(place.read_text("utf-8")))
    except (OSError, ValueError, TypeError):  # none, or a damaged one: run it
        return None


def _write(kept: Kept, script: Path, processes: int, variables: dict) -> None:
    place = _place(settings.shipped_checkpoints_dir(), script, processes, variables)
    with files.replacing(place) as beside:
        beside.write_text(json.dumps(asdict(kept), indent=1) + "\n", encoding="utf-8")
