"""What a family is made of."""

from dataclasses import dataclass, field

from kring.base.names import full_name


@dataclass(slots=True)
class Named:
    """Somebody, by a key that stays."""

    key: str
    first: str
    infix: str
    last: str

    @property
    def name(self) -> str:
        """As the school writes it."""
        return full_name(self.first, self.infix, self.last)


@dataclass(slots=True)
class Guardian(Named):
    """An adult of a family."""

    relation: str
    home: int = 0  # the first or the second
    access: str = "in_care"
    joined: bool = True
    language: str = "nl"


@dataclass(slots=True)
class Child(Named):
    """A child: its group and its days of care."""

    group: int
    care: str = ""  # a group of the after-school care
    weekdays: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Family:
    """Children and who is there for them, in one home or two."""

    number: int
    children: list[Child]
    guardians: list[Guardian]
    streets: list[str]
    apart: bool
    letters: str = "nl"
