"""Files are written whole or not at all, with the permissions they had."""

import os
import stat
import uuid

from course_utils import files

import pytest


def test_a_new_file_takes_its_place_whole(tmp_path):
    path = tmp_path / "page.html"
    with files.replacing(path) as beside:
        beside.write_text("half")
        assert not path.exists() and beside.suffix == ".html"
        beside.write_text("whole")
    assert path.read_text() == "whole"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.fault("an error while a file is written")
@pytest.mark.parametrize("there", [True, False])
def test_an_error_leaves_what_was_there(tmp_path, there):
    path = tmp_path / "page.html"
    if there:
        path.write_text("old")
    with pytest.raises(OSError, match="no space"), files.replacing(path) as beside:
        beside.write_text("ha")
        raise OSError("no space")
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"] * there


@pytest.mark.fault("hidden files of a process that was killed")
def test_what_a_killed_process_left_goes_a_day_later(tmp_path):
    path, day = tmp_path / "net.npz", files.SECONDS_UNTIL_LEFT_OVER
    names = {"old": ".net.{}.npz", "of another": ".nets.{}.npz", "at work": ".net.{}.npz"}
    there = {kind: tmp_path / name.format(uuid.uuid4().hex) for kind, name in names.items()}
    for kind, left in there.items():
        left.touch()
        if kind != "at work":
            os.utime(left, (0, left.stat().st_mtime - day - 60))
    with files.replacing(path) as beside:
        beside.write_text("new")
    assert {*tmp_path.iterdir()} == {path, there["of another"], there["at work"]}


@pytest.mark.fault("permissions of a file that is replaced")
@pytest.mark.skipif(os.name == "nt", reason="Windows knows no such permissions")
@pytest.mark.parametrize("mode", [0o600, 0o664])
def test_permissions_stay_and_are_set_before_anything_is_written(tmp_path, mode):
    path = tmp_path / "private"
    path.touch()
    path.chmod(mode)
    with files.replacing(path) as beside:
        assert stat.S_IMODE(beside.stat().st_mode) == mode
        beside.write_text("new")
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.fault("a link in the place of a file")
@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_link_stays_a_link(tmp_path):
    (tmp_path / "file").write_text("old")
    (tmp_path / "link").symlink_to("file")
    with files.replacing(tmp_path / "link") as beside:
        beside.write_text("new")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "file").read_text() == "new"
