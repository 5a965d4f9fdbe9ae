"""An office that hands in files, and looks at what the pages say."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kring.base.jobs import at_work
from kring.importing.applying import apply_now, compare_now
from kring.importing.models import Import
from kring.importing.progress import silent
from kring.importing.undoing import undo_now
from tests.cast import Cast
from tests.unlocked import unlocked

S = Import.State


def edexml(*pupils: str, brin: str = "99WH") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
        <EDEX><school><schooljaar>2026-2027</schooljaar><brincode>{brin}</brincode><dependancecode>00</dependancecode></school><groepen>
        <groep key="g5"><naam>groep 5</naam><jaargroep>5</jaargroep></groep></groepen>
        <leerlingen>{"".join(pupils)}</leerlingen></EDEX>""".encode()


def pupil(key: str, first: str, last: str, born: str = "2018-04-13", more: str = "") -> str:
    return (
        f'<leerling key="{key}"><achternaam>{last}</achternaam><roepnaam>{first}</roepnaam>'
        f"<geboortedatum>{born}</geboortedatum><jaargroep>5</jaargroep>"
        f'<groep key="g5"/>{more}</leerling>'
    )


def csv(*rows: str) -> bytes:
    return "\r\n".join(("Roepnaam;Achternaam;Geboortedatum;E-mail 1", *rows)).encode()


def address(cast: Cast, view: str = "imports", *ids: Any) -> str:
    return reverse(f"importing:{view}", args=[cast.id("wilgenhoek"), *ids])


def upload(
    client: Client, cast: Cast, content: bytes, *, name: str = "EDEX.XML", source: str = "edexml"
) -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post(address(cast), {"source": source, "file": file})


def imports() -> list[Import]:
    with unlocked():
        return list(Import.objects.select_related("school").order_by("created_at"))


def work(of: Import) -> Import:
    """Let the worker do what waits."""
    with at_work(of.school_id):
        [waiting] = Import.objects.filter(pk=of.pk).select_related("school")
        match waiting.state:
            case S.COMPARING:
                compare_now(waiting)
            case S.APPLYING:
                apply_now(waiting, silent)
            case S.UNDOING:
                undo_now(waiting)
    return next(one for one in imports() if one.pk == of.pk)


def compared(client: Client, cast: Cast, *pupils: str) -> Import:
    """An import that waits for a yes."""
    assert upload(client, cast, edexml(*pupils)).status_code == 303
    return work(imports()[-1])


def page(client: Client, cast: Cast, of: Import) -> str:
    answer = client.get(address(cast, "import", of.pk))
    assert answer.status_code == 200
    return text(answer)


def text(answer: Any) -> str:
    """What stands on a page, with single spaces."""
    return " ".join(answer.content.decode().split())


def keys_of(of: Import, kind: str) -> list[str]:
    return [one.key for one in of.shown_differences().found if one.kind == kind]


def as_guessed(of: Import, **other: Any) -> dict[str, Any]:
    return {f"column-{one['number']}": one.get("taken_for", "") for one in of.columns} | other


def answer_of(of: Import, key: str, number: int = 0) -> str:
    [one] = [one for one in of.shown_differences().found if one.key == key]
    return one.candidates[number].id
