from collections.abc import Callable
from typing import Any


def outside_block[View: Callable[..., Any]](
    why: str, *, with_viewer: bool = False
) -> Callable[[View], View]:
    """Mark a view that must not run inside the second lock, and say why.

    It reaches machine tables only, unless it asks for ``request.viewer`` and opens
    ``seen_by(request.viewer)`` itself.
    """

    def mark(view: View) -> View:
        view.outside_block = why  # type: ignore[attr-defined]
        view.with_viewer = with_viewer  # type: ignore[attr-defined]
        return view

    return mark
