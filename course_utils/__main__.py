"""Commands of the course, as `python -m course_utils run`; `--help` lists them."""

import argparse
import io
import sys


def main(arguments: list[str] | None = None) -> int:
    """Run one command; errors that a reader can mend are told in one sentence."""
    parser = argparse.ArgumentParser(prog="python -m course_utils", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    start = commands.add_parser("start", help="make your own copies of the notebooks")
    start.add_argument("folder", nargs="?", default="my_notebooks", help="(default: %(default)s)")
    update = commands.add_parser("update", help="bring a new version into your own copies")
    update.add_argument("folder", nargs="?", default="my_notebooks", help="(default: %(default)s)")
    update.add_argument("--undo", action="store_true", help="take back the last update")
    update.add_argument(
        "--fresh", nargs="+", default=(), metavar="NAME", help="new copies of these, as 03"
    )
    run = commands.add_parser("run", help="execute the notebooks and write them as a website")
    run.add_argument("names", nargs="*", help="beginnings of file names, as 01 (default: all)")
    run.add_argument("--in-place", action="store_true", help="renew the notebooks' own outputs")
    slides = commands.add_parser("slides", help="write the notebooks as slides and PDF files")
    slides.add_argument("names", nargs="*", help="beginnings of file names, as 01 (default: all)")
    site = commands.add_parser("site", help="write the course as a website")
    site.add_argument("--tested", default="", metavar="DAY", help="of the last run that passed")
    site.add_argument("--links", action="store_true", help="only try the links to elsewhere")
    commands.add_parser("minutes", help="say how many minutes each notebook asks for, and why")
    prefetch = commands.add_parser("prefetch", help="download data and weights before class")
    prefetch.add_argument("names", nargs="*", help="data sets (default: all, and the weights)")
    collect = commands.add_parser("collect", help="make a page of the answers of a class")
    collect.add_argument("folder", help="with the files that students handed in")
    commands.add_parser("doctor", help="say what the course runs on, and what to mend")
    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # letters that an encoding lacks are shown as codes
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return COMMANDS[options.command](options)
    except KeyboardInterrupt:
        print("\nStopped; what was finished before is kept.", file=sys.stderr)
        return 130  # as a shell calls a command that Ctrl-C ended
    except (OSError, ValueError, RuntimeError) as problem:
        print(problem, file=sys.stderr)
        return 1


def _start(options) -> int:
    from pathlib import Path

    from course_utils import settings
    from course_utils.publishing import copies

    folder = Path(options.folder).expanduser()
    begun = copies.start(folder)
    made = f"{len(begun)} new {'copy' if len(begun) == 1 else 'copies'}" if begun else "all there"
    print(f"Your notebooks are in {folder} ({made}); those in notebooks stay the book.")
    if settings.checkout() is None:
        print(f"Data goes to {settings.data_dir()}; COURSE_DATA_DIR names another folder for it.")
        print(f"Open them with: jupyter lab {folder}")
    if behind := copies.find_behind(folder):
        print(
            f"The course has newer versions of {', '.join(name[:2] for name in behind)}:", end=" "
        )
        print("python -m course_utils update brings them in and keeps what you wrote.")
    return 0


def _update(options) -> int:
    from pathlib import Path

    from course_utils.publishing import copies

    folder = Path(options.folder).expanduser()
    if options.undo:
        print(f"As before the last update: {', '.join(copies.undo(folder))}")
        return 0
    for line in copies.update(folder, tuple(options.fresh)):
        print(line)
    print("python -m course_utils update --undo takes this back.")
    return 0


def _run(options) -> int:
    from course_utils.publishing import run, site

    if options.in_place:
        run.renew(tuple(options.names))
    else:
        site.write(site.run_fresh(tuple(options.names)), site.FRESH)
    return 0


def _slides(options) -> int:
    from course_utils.publishing import slides

    slides.write(tuple(options.names))
    return 0


def _site(options) -> int:
    from course_utils.publishing import site

    if options.links:
        site.check_links(site.read_committed())
    else:
        site.write(site.read_committed(), tested=options.tested)
    return 0


def _minutes(options) -> int:
    from course_utils.publishing import minutes

    minutes.show()
    return 0


def _prefetch(options) -> int:
    import os
    from functools import partial

    from course_utils import applications, datasets
    from course_utils.datasets.catalogue import TITLES

    os.environ["COURSE_DATA"] = "real"  # a stand-in would not be what was asked for
    wanted = {name: partial(datasets.load, name, split="train") for name in options.names or TITLES}
    if not options.names:
        wanted["weights of MobileNet"] = applications.prefetch
    missing = 0
    for name, fetch in wanted.items():
        try:
            fetch()
            print(f"{name}: there")
        except OSError as problem:  # the others may be had
            missing += 1
            print(f"{name}: {problem}", file=sys.stderr)
    return 1 if missing else 0


def _collect(options) -> int:
    from pathlib import Path

    from course_utils.publishing import collect
    from course_utils.reader.notices import write_line

    page, found = collect.write(Path(options.folder).expanduser())
    for name, why in found.refused:
        write_line(f"refused: {name}: {why}", sys.stderr)
    for note in found.notes:
        write_line(note, sys.stderr)
    count = f"{len(found.students)} student{'s' * (len(found.students) > 1)}"
    write_line(f"Answers of {count}: open {page} in a browser; {collect.TABLE} lies beside it.")
    return 0


def _doctor(options) -> int:
    from course_utils import doctor

    doctor.show()
    return 0


COMMANDS = {
    "start": _start,
    "update": _update,
    "run": _run,
    "slides": _slides,
    "site": _site,
    "minutes": _minutes,
    "prefetch": _prefetch,
    "collect": _collect,
    "doctor": _doctor,
}

if __name__ == "__main__":
    sys.exit(main())
