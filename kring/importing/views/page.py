"""The page of one import: what it shows in each state."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from kring.accounts.models import User
from kring.base import clock, saying
from kring.importing import wording
from kring.importing.applying import CHANGED_MEANWHILE
from kring.importing.differences import from_json
from kring.importing.forms import ColumnsForm
from kring.importing.models import Import
from kring.importing.roster import problem_from_json
from kring.importing.sources import Column
from kring.importing.sources.registry import SOURCES
from kring.importing.views.imports import label_of
from kring.importing.views.shown import Plan, bounded, dropped, sections, summary, tallies
from kring.schools.models import Guardianship
from kring.schools.office import KEEPERS, OfficeRequest, may_enter

S = Import.State
REFUSED = "refused"  # in an address: the yes was not taken, and the page says why
BUSY = {S.COMPARING, S.APPLYING, S.UNDOING}


@dataclass
class ImportPage:
    """What stands on it, by the state of the import."""

    request: OfficeRequest
    found: Import

    def respond(self, status: int = HTTPStatus.OK, **given: Any) -> HttpResponse:
        """The page; ``given`` stands instead of what would: a form with what is wrong in it."""
        context = self._always() | self._of_state() | given
        return render(self.request, "importing/import.html", context, status=status)

    def _always(self) -> dict[str, Any]:
        people = {self.found.made_by_id, self.found.confirmed_by_id} - {None}
        known = User.objects.visible_to(self.request.viewer).in_bulk(people)
        return {
            "found": self.found,
            "label": label_of(self.found),
            "files": self.found.files,
            "may_act": may_enter(self.request.viewer, self.request.school.pk, KEEPERS),
            "made_by": known.get(self.found.made_by_id),
            "confirmed_by": known.get(self.found.confirmed_by_id),
            "is_busy": self.found.state in BUSY,
        }

    def _of_state(self) -> dict[str, Any]:
        match self.found.state:
            case S.MAPPING:
                return {"form": self.columns_form()} | self._problems()
            case S.REFUSED:
                return self._problems()
            case S.READY:
                return self._ready() | self._problems()
            case S.APPLIED:
                return self._applied()
            case S.UNDONE:  # and what was left as it is
                return {"counts": summary(self.found.counts)} | self._problems()
        return {"counts": summary(self.found.counts)}

    def columns_form(self, *sent: Any) -> ColumnsForm:
        """Which column holds what: as it was guessed, or as it was sent."""
        return ColumnsForm(
            *sent,
            columns=[Column(**one) for one in self._read["columns"]],
            names=SOURCES[self.found.source].fields,
            is_readable=self._read["is_readable"],
        )

    def _problems(self) -> dict[str, Any]:
        problems = [problem_from_json(one) for one in self._read["problems"]]
        shown, more = bounded(problems)
        meanwhile = [one for one in problems if one.code == CHANGED_MEANWHILE.code]
        return {
            "meanwhile": [wording.sentence(one) for one in meanwhile],
            "problems": [(one, wording.sentence(one)) for one in shown],
            "more_problems": more,
        }

    def _ready(self) -> dict[str, Any]:
        answers = self._read["answers"]
        differences = from_json(self._read["differences"] or {})
        return {
            "tallies": tallies(differences.counts),
            "sections": sections(differences, answers),
            "plan": Plan.of(differences, answers),
            "is_empty": differences.is_empty,
            "dropped": dropped(self._read["roster__dropped"] or {}),
            "was_refused": REFUSED in self.request.GET,
        }

    def _applied(self) -> dict[str, Any]:
        until = self.found.undo_until
        here = self.request.school
        known = Guardianship.objects.visible_to(self.request.viewer).filter(school=here)
        return {
            "counts": summary(self.found.counts),
            "carers_url": "" if known.exists() else reverse("importing:imports", args=[here.pk]),
            "letters_url": reverse("inviting:overview", args=[here.pk]),
            "staff_url": reverse("office:proposals", args=[here.pk])
            if self.found.counts.get("staff")
            else "",
            "may_undo": until is not None and clock.now() < until,
            "undo_until": saying.said(until, now=clock.now()) if until else "",
        }

    @cached_property
    def _read(self) -> dict[str, Any]:
        """What is too heavy for every page, in one query."""
        own = Import.objects.visible_to(self.request.viewer).filter(pk=self.found.pk)
        readable = own.annotate(is_readable=Q(roster__isnull=False))
        names = ("columns", "problems", "answers", "differences", "roster__dropped")
        return dict(readable.values("is_readable", *names).get())
