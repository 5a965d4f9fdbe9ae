from django import forms

from kring.feed.models import Call
from kring.feed.models.call import LONGEST_NOTE


class CallForm(forms.Form):
    """How a call went: one of two buttons, and a few words for the colleagues."""

    outcome = forms.ChoiceField(choices=Call.Outcome)
    said = forms.CharField(max_length=LONGEST_NOTE, required=False)
