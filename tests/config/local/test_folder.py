import json
import socket
from pathlib import Path

import pytest

from config.local.folder import DataFolder
from config.local.problems import LocalProblem


def test_a_folder_with_somebody_elses_files_stays_untouched(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(LocalProblem, match=r"holds files that Tieout did not put there.*\n.*TIEOUT_DATA="):
        DataFolder(tmp_path).claim()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_empty_folder_is_taken_and_taken_again(tmp_path: Path) -> None:
    DataFolder(tmp_path / "new").claim()
    DataFolder(tmp_path / "new").claim()
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [".tieout-data", "locks", "logs"]


def test_a_path_that_is_a_file_is_refused_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalProblem, match="The data folder cannot be used"):
        DataFolder(tmp_path / "file").claim()


def test_only_a_marked_folder_is_removed(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(LocalProblem, match="nothing was removed"):
        DataFolder(tmp_path).wipe()
    assert (tmp_path / "thesis.txt").read_text() == "mine"

    ours = DataFolder(tmp_path / "ours")
    ours.claim()
    ours.wipe()
    assert not ours.path.exists()


def test_a_second_launcher_is_refused_and_told_the_first_ones_number(folder: DataFolder) -> None:
    with (
        folder.held(),
        pytest.raises(LocalProblem, match=r"already runs from .* \(process \d+\)"),
        folder.held(),
    ):
        raise AssertionError("two launchers held one folder")
    with folder.held():
        pass


def test_a_socket_fits_its_limit_however_long_the_path(tmp_path: Path) -> None:
    short, long = DataFolder(Path("/srv/var")), DataFolder(tmp_path / ("x" * 120))
    assert short.sockets == Path("/srv/var/sockets")
    assert not long.sockets.is_relative_to(long.path)
    assert long.sockets != DataFolder(tmp_path / ("y" * 120)).sockets
    long.sockets.mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.bind(str(long.sockets / ".s.PGSQL.5432"))
    long.claim()
    long.wipe()
    assert not long.sockets.exists()


def test_addresses_are_published_for_the_owner_only(folder: DataFolder) -> None:
    assert folder.published() == {}
    folder.publish({"DATABASE_URL": "postgresql://tieout_app@/tieout"})
    assert json.loads(folder.addresses.read_text()) == folder.published()
    assert folder.published() == {"DATABASE_URL": "postgresql://tieout_app@/tieout"}
    assert folder.addresses.stat().st_mode & 0o777 == 0o600
