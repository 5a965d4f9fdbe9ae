from django import forms
from django.utils.translation import gettext_lazy as _

from kring.base.text import cleaned


class AboutMeForm(forms.Form):
    """A few words of oneself; the photo goes beside it, as photos do everywhere."""

    about = forms.CharField(
        label=_("About me"),
        help_text=_("A few lines for the people who see your name. Nothing private."),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    take_down = forms.BooleanField(label=_("Show no photo of me any more"), required=False)

    def clean_about(self) -> str:
        """Without marks that deceive."""
        return cleaned(self.cleaned_data["about"])
