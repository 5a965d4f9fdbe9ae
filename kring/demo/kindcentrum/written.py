"""What a post of De Kring is made of. Days are days of school: 0 is today, 3 three before it."""

from typing import NamedTuple

type Comment = tuple[str, str]  # "parent" or a key of staff, and the text


class Written(NamedTuple):
    """A post: by whom, to whom, when, and what became of it.

    In a text ``{over1}`` is the name of the next day of school after it, and so on; in a comment of
    a parent ``{kind}`` is the child.
    """

    by: str
    to: str  # groups by number or name, apart by spaces; school, bso, team, both
    day: int
    at: str
    text: str
    pictures: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    likes: float = 0.3  # share of the guardians
    read: float = 0.85
    talk: bool = True  # comments are allowed
    film: str = ""
    files: tuple[str, ...] = ()
