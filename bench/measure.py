"""What a workload tells: a figure, the floor beside it in the same run, and the goal."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A figure of ours, and how far it may be from its floor."""

    name: str
    value: float
    floor: float | None = None
    """The same work done as barely as it can be; None where the goal is a plain number."""
    goal: float
    """For the ratio of value to floor, or for the value itself where there is no floor."""
    better: Literal["lower", "higher"] = "lower"
    unit: str = ""
    """Of value and floor, for people."""

    @property
    def ratio(self) -> float | None:
        """How many times the floor."""
        return None if self.floor is None else self.value / self.floor

    @property
    def met(self) -> bool:
        """Whether the goal is reached."""
        reached = self.value if self.ratio is None else self.ratio
        return reached <= self.goal if self.better == "lower" else reached >= self.goal

    def told(self) -> dict[str, Any]:
        """The same for programs: numbers with four digits that count."""
        numbers = {"value": self.value, "floor": self.floor, "ratio": self.ratio}
        rounded = {name: number and float(f"{number:.4g}") for name, number in numbers.items()}
        return {"name": self.name, **rounded, "goal": self.goal, "met": self.met}
