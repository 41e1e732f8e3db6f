"""A file stands in its place whole or not at all."""

from __future__ import annotations

import pytest

from models.base.whole_file import written_aside


def test_a_whole_file_takes_the_place_of_the_one_before_and_nothing_stays_beside_it(tmp_path):
    target = tmp_path / "gangguan.json"
    target.write_bytes(b"old")
    with written_aside(target, mode=0o644) as file:
        file.write(b"new")
        assert target.read_bytes() == b"old"
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o644)
    assert list(tmp_path.iterdir()) == [target]


def test_a_fault_leaves_what_stood_there_and_nothing_else(tmp_path):
    target = tmp_path / "ekspor"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="disk"), written_aside(target) as file:
        file.write(b"half")
        raise OSError("the disk is full")
    assert (target.read_bytes(), list(tmp_path.iterdir())) == (b"old", [target])


def test_only_its_owner_reads_it_unless_said_otherwise(tmp_path):
    with written_aside(tmp_path / "dokumen") as file:
        file.write(b"%PDF")
    assert (tmp_path / "dokumen").stat().st_mode & 0o777 == 0o600
