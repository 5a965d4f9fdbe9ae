"""Drawings: the same every time, no two alike, each described, and nobody in them."""

import re
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest

from kring.demo.drawings import drawn, films, papers, walls
from kring.demo.drawings.hand import Hand, crossings, points
from kring.demo.drawings.make import make
from kring.demo.drawings.motifs import MOTIFS
from kring.demo.drawings.places import place
from kring.demo.kindcentrum.families import families
from kring.demo.kindcentrum.writings import POSTS, attached, pictures
from kring.demo.kindcentrum.writings import films as films_shown

SIMPLE = [key for key in pictures() if ":" not in key]


def strokes(key: str) -> str:
    return sha256(drawn.sheet_of(key).svg(1)).hexdigest()


def test_there_is_much_to_draw() -> None:
    assert len(MOTIFS) >= 40
    assert len(pictures()) >= 120


def test_no_two_are_alike() -> None:
    assert len({strokes(key) for key in SIMPLE}) == len(SIMPLE)


@pytest.mark.parametrize("name", sorted(MOTIFS))
def test_each_is_the_same_every_time_and_another_for_another_child(name: str) -> None:
    assert strokes(f"{name}-7-1") == strokes(f"{name}-7-1")
    assert len({strokes(f"{name}-{age}-1") for age in (4, 6, 9, 11)}) == 4


def test_pictures_of_pictures_are_the_same_every_time_too() -> None:
    key = next(key for key in pictures() if key.startswith("line:"))
    assert walls.picture(key).write_to_memory() == walls.picture(key).write_to_memory()


def test_everything_shown_can_be_made_and_is_described_without_a_name() -> None:
    names = {child.first for family in families() for child in family.children}
    said = [walls.description(key) if ":" in key else drawn.description(key) for key in pictures()]
    said += [films.description(name) for name in films_shown()]
    assert all(len(one) > 15 for one in said)
    assert not names & {word for one in said for word in re.findall(r"\w+", one)}
    assert set(attached()) <= set(papers.PAPERS)
    assert max(len(post.pictures) for post in POSTS) <= 14


def test_a_young_hand_trembles_more_than_an_old_one() -> None:
    def wandered(age: int) -> float:
        drawn_line = Hand("line", age).shaky([(0, 0), (600, 0)])
        return max(abs(y) for _, y in drawn_line)

    assert all(wandered(young) > wandered(old) for young, old in pairwise((4, 7, 11)))


def test_a_fill_stays_inside_nearly() -> None:
    square = points("0 0 100 0 100 100 0 100 0 0")
    assert crossings(square, 50) == [(0, 100)]
    hand = Hand("fill", 8)
    reached = [x for stroke in hand.hatched(square, 0, 10) for x, _ in stroke]
    assert -20 < min(reached) < max(reached) < 120


@pytest.mark.slow
def test_what_the_build_makes_is_the_same_every_time(tmp_path: Path) -> None:
    def made(name: str) -> dict[Path, bytes]:
        make(tmp_path / name, ["hedgehog-6-1"], [], ["overblijven"])
        return {
            path.relative_to(tmp_path / name): path.read_bytes()
            for path in (tmp_path / name).rglob("*.*")
        }

    first, second = made("one"), made("two")
    assert first == second
    kept = place(Path(), "hedgehog-6-1")
    assert {
        "index.json",
        *(str(kept / f"{size}.webp") for size in ("small", "medium", "large")),
    } <= {str(path) for path in first}
