"""What small files beside the event files say."""

from __future__ import annotations

from pathlib import Path

from tb_trainmon.tasks.found.records import SideFiles


def test_the_last_words_are_found_before_any_number_of_nuls(tmp_path: Path) -> None:
    """The machine died while the file was written."""
    file = tmp_path / "error.txt"
    file.write_bytes(b"first\nout of memory\n" + bytes(100_000))
    assert SideFiles(roots=[str(tmp_path)]).last_words(str(file)) == "out of memory"
