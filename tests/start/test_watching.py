"""What changes while somebody works on Kring is built and served anew."""

from pathlib import Path

from kring.watching import Watch


def test_a_change_is_seen_once_and_built(tmp_path: Path) -> None:
    code = tmp_path / "kring/base/text.py"
    code.parent.mkdir(parents=True)
    code.write_text("one = 1")
    built: list[str] = []
    watch = Watch(tmp_path, lambda: built.append("built"), seconds=0)
    assert not watch.changed()
    code.write_text("two = 22")
    (tmp_path / "kring/notes.txt").write_text("no code")
    assert watch.changed()
    assert not watch.changed()
    assert built == ["built"]


def test_it_does_not_look_all_the_time(tmp_path: Path) -> None:
    watch = Watch(tmp_path, lambda: None, seconds=60)
    (tmp_path / "kring").mkdir()
    (tmp_path / "kring/new.py").touch()
    assert not watch.changed()
