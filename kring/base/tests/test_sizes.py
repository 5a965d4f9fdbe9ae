"""How large a file is, as people say it."""

import pytest
from django.utils import translation

from kring.base.sizes import said_size

KB, MB, GB = 1024, 1024**2, 1024**3


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "1 kB"),
        (1, "1 kB"),
        (240 * KB, "240 kB"),
        (MB - 1, "1 MB"),
        (MB, "1 MB"),
        (int(1.26 * MB), "1,3 MB"),
        (25 * MB + 9, "25 MB"),
        (int(3.2 * GB), "3,2 GB"),
        (100 * GB, "100 GB"),
        (5000 * 1024 * GB, "5000 TB"),
    ],
)
def test_a_size_is_said_in_the_unit_that_fits(size: int, said: str) -> None:
    with translation.override("nl"):
        assert said_size(size).replace("\N{NO-BREAK SPACE}", " ") == said
