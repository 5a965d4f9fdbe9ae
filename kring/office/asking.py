"""What gives somebody more, or takes something away, is asked once, with the names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.http import HttpRequest


@dataclass(frozen=True)
class Question:
    """What will happen, in sentences; the button that says yes carries the same."""

    sentences: Sequence[str]

    @property
    def sure(self) -> str:
        """Fits these sentences only: whoever says yes has read them."""
        return sha256("\n".join(self.sentences).encode()).hexdigest()[:16]


def open_question(request: HttpRequest, sentences: Sequence[str]) -> Question | None:
    """What has to be asked first; None when there is nothing, or yes was said to exactly this."""
    question = Question(sentences)
    if not sentences or request.POST.get("sure") == question.sure:
        return None
    return question
