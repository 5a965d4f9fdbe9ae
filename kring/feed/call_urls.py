"""'Ik heb dit gelezen', and calling whom an important message did not reach."""

from django.urls import path

from kring.feed.views import calls, confirmations

_CALLS = "posts/<uuid:post_id>/calls/"

urlpatterns = [
    path("posts/read/<str:token>/", confirmations.by_mail, name="by_mail"),
    path("posts/<uuid:post_id>/confirmation/", confirmations.confirmation, name="confirmation"),
    path(_CALLS, calls.calls, name="calls"),
    path(f"{_CALLS}opening/", calls.opening, name="calls_opening"),
    path(f"{_CALLS}<uuid:call_id>/outcome/", calls.outcome, name="call_outcome"),
    path(f"{_CALLS}<uuid:call_id>/removal/", calls.removal, name="call_removal"),
]
