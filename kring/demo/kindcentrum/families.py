"""Who the families of De Kring are: the same every time, made from lists and one seed."""

from collections.abc import Iterator, Sequence
from random import Random

from kring.demo.kindcentrum.fixed import FIXED, Fixed
from kring.demo.kindcentrum.kin import Child, Family, Guardian
from kring.demo.kindcentrum.names import ORIGINS, STREETS, Names

SIZES = {1: 22, 2: 24, 3: 25, 4: 24, 5: 24, 6: 23, 7: 24, 8: 24}  # children of each group
LARGE, MIDDLE = 4, 22  # families with three and with two children at school
APART = 1 / 3  # of the families
IN_CARE_AFTER_SCHOOL = 70  # children
CARE_GROUPS = ("vlinders", "uilen", "vossen")
NOT_YET = 0.07  # of the guardians have no account
EVERY_SO_MANY = 26  # families, one has one parent
OWN_NAME = 0.6  # of the mothers, beside those who live apart
LETTERS = {"turkish": "tr", "moroccan": "ar", "polish": "pl", "ukrainian": "uk"}
GRANDPARENTS = ("Oma Riet", "Opa Joop", "Oma Toos", "Opa Wim", "Oma Ans", "Opa Henk")
READS_ANOTHER = 0.15  # of these families


def families() -> list[Family]:
    """All of them: the few whom one can be in the demo first."""
    made = _Registrar().families()
    _send_to_care(made)
    return made


class _Registrar:
    """Enters families until every group is full; no name twice."""

    def __init__(self) -> None:
        self.random = Random("De Kring")  # noqa: S311 - made-up people are no secret
        self.room = dict(SIZES)
        self.taken: set[str] = set()
        self.shuffled: dict[int, list[str]] = {}

    def families(self) -> list[Family]:
        """All of them."""
        made = [self._fixed(number, fixed) for number, fixed in enumerate(FIXED)]
        made += [self._by_chance(len(FIXED) + n, groups) for n, groups in enumerate(self._plan())]
        self._step_parents(made)
        self._grandparents(made)
        return made

    def _fixed(self, number: int, fixed: Fixed) -> Family:
        self._enter(list(fixed.groups))
        apart = fixed.apart
        made = self._family(number, fixed.groups, ORIGINS[fixed.origin], apart=apart, alone=False)
        fixed.settle(made)
        self.taken |= {one.name for one in (*made.guardians, *made.children)}
        return made

    def _plan(self) -> Iterator[list[int]]:
        """The groups of the children of each family that chance makes."""
        for count in (3,) * LARGE + (2,) * MIDDLE:
            yield self._enter(self._siblings(count))
        for group in SIZES:
            yield from [[group]] * self.room[group]

    def _enter(self, groups: list[int]) -> list[int]:
        for group in groups:
            self.room[group] -= 1
        return groups

    def _siblings(self, count: int) -> list[int]:
        while True:
            groups = self.random.sample(list(SIZES), count)
            if min(self.room[group] for group in groups) > 1:
                return groups

    def _by_chance(self, number: int, groups: list[int]) -> Family:
        names = self._origin()
        alone = number % EVERY_SO_MANY == 0
        apart = not alone and self.random.random() < APART
        made = self._family(number, groups, names, apart=apart, alone=alone)
        for guardian in made.guardians:
            guardian.joined = self.random.random() > NOT_YET
        if names.name in LETTERS and self.random.random() < READS_ANOTHER:
            made.letters = LETTERS[names.name]
            made.guardians[0].language = "en"
        self.taken |= {one.name for one in (*made.guardians, *made.children)}
        return made

    def _family(
        self, number: int, groups: Sequence[int], names: Names, *, apart: bool, alone: bool
    ) -> Family:
        infix, last = self._surname(names)
        dutch = ORIGINS["dutch"]
        own = names is dutch and (apart or self.random.random() < OWN_NAME)
        maiden = self._surname(dutch) if own else (infix, last)
        mother = self._adult(f"kring mother {number}", names.mothers, *maiden, "mother")
        father = self._adult(f"kring father {number}", names.fathers, infix, last, "father")
        father.home = int(apart)
        children = [
            Child(f"kring child {number} {index}", self._child_name(names), infix, last, group)
            for index, group in enumerate(groups)
        ]
        streets = [self._street() for _ in range(2 if apart else 1)]
        return Family(number, children, [mother] if alone else [mother, father], streets, apart)

    def _origin(self) -> Names:
        return self.random.choices(
            list(ORIGINS.values()), [names.share for names in ORIGINS.values()]
        )[0]

    def _surname(self, names: Names) -> tuple[str, str]:
        queue = self.shuffled.setdefault(id(names.surnames), [])
        if not queue:
            queue += self.random.sample(names.surnames, len(names.surnames))
        infix, _, last = queue.pop().rpartition(",")
        return infix, last

    def _child_name(self, names: Names) -> str:
        queue = self.shuffled.setdefault(id(names.girls), [])
        if not queue:
            both = names.girls + names.boys
            queue += self.random.sample(both, len(both))
        return queue.pop()

    def _adult(
        self, key: str, among: tuple[str, ...], infix: str, last: str, relation: str
    ) -> Guardian:
        while True:
            made = Guardian(key, self.random.choice(among), infix, last, relation)
            if made.name not in self.taken:
                self.taken.add(made.name)
                return made

    def _street(self) -> str:
        return f"{self.random.choice(STREETS)} {self.random.randint(1, 148)}"

    def _step_parents(self, made: list[Family]) -> None:
        for family in [one for one in made if one.apart][3:15]:
            infix, last = self._surname(ORIGINS["dutch"])
            key = f"kring step-parent {family.number}"
            family.guardians.append(
                self._adult(key, ORIGINS["dutch"].fathers, infix, last, "step_parent")
            )

    def _grandparents(self, made: list[Family]) -> None:
        for family in (made[0], *made[20:150:18]):
            mother, key = family.guardians[0], f"kring grandmother {family.number}"
            among = GRANDPARENTS if family.number else ("Oma Malika",)
            one = self._adult(key, among, mother.infix, mother.last, "grandparent")
            one.access, one.joined = "pick_up", family.number == 0
            family.guardians.append(one)


YOUNG, MIDDLING = 2, 5  # the last group of the butterflies, and of the owls


def _send_to_care(made: list[Family]) -> None:
    """The youngest to the butterflies, the oldest to the foxes."""
    random = Random("care")  # noqa: S311 - made-up people are no secret
    children = [child for family in made for child in family.children if not child.care]
    already = sum(len(family.children) for family in made) - len(children)
    for child in random.sample(children, IN_CARE_AFTER_SCHOOL - already):
        child.care = CARE_GROUPS[(child.group > YOUNG) + (child.group > MIDDLING)]
        child.weekdays = sorted(random.sample([1, 1, 2, 2, 3, 4, 4, 5], random.randint(1, 3)))
        child.weekdays = sorted(set(child.weekdays))
