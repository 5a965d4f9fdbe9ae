"""The families of those whom one can be in the demo: what they are called, whatever chance says."""

from dataclasses import dataclass

from kring.demo.kindcentrum.kin import Family


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A family that one can be in the demo: what it is called, whatever chance says."""

    origin: str
    surname: tuple[str, str]
    mother: tuple[str, str, str]
    father: str
    groups: list[int]
    children: tuple[str, ...]
    care: tuple[str, ...] = ()
    apart: bool = False
    english: bool = False

    def settle(self, family: Family) -> None:
        """Give this family its names."""
        mother, father = family.guardians
        mother.first, mother.infix, mother.last = self.mother
        father.first, (father.infix, father.last) = self.father, self.surname
        for child, first in zip(family.children, self.children, strict=True):
            child.first, (child.infix, child.last) = first, self.surname
        for child, group in zip(family.children, self.care, strict=False):
            child.care, child.weekdays = group, [1, 2, 4]
        if self.english:
            mother.language, family.letters = "en", "uk"


FIXED = (
    Fixed(
        origin="moroccan",
        surname=("", "El Idrissi"),
        mother=("Samira", "", "Tahiri"),
        father="Karim",
        groups=[5, 2],
        children=("Ilyas", "Sofia"),
        care=("uilen", "vlinders"),
    ),
    Fixed(
        origin="dutch",
        surname=("van der", "Linden"),
        mother=("Marieke", "", "Evers"),
        father="Wouter",
        groups=[5],
        children=("Mila",),
        care=("uilen",),
        apart=True,
    ),
    Fixed(
        origin="surinamese",
        surname=("", "Ramdin"),
        mother=("Sharmila", "", "Ramdin"),
        father="Anil",
        groups=[5, 8],
        children=("Rohan", "Priya"),
    ),
    Fixed(
        origin="ukrainian",
        surname=("", "Kovalenko"),
        mother=("Oksana", "", "Kovalenko"),
        father="Bohdan",
        groups=[3],
        children=("Danylo",),
        english=True,
    ),
    Fixed(
        origin="dutch",
        surname=("in 't", "Veld"),
        mother=("Femke", "", "Kooistra"),
        father="Jelle",
        groups=[1],
        children=("Saar",),
        care=("vlinders",),
    ),
)
