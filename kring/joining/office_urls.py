from django.urls import path

from kring.joining.views import (
    asking,
    merging,
    office,
    office_codes,
    office_families,
    office_letters,
)

app_name = "inviting"
urlpatterns = [
    path("", office.overview, name="overview"),
    path("staff/", office.staff, name="staff"),
    path("families/", office_families.families, name="families"),
    path("families/invitations/", office_families.invitations, name="invitations"),
    path("families/language/", office_families.language, name="language"),
    path("families/letters/", office_letters.letters, name="letters"),
    path("families/<uuid:tie_id>/letter/", office_letters.reopening_letter, name="reopening"),
    path("invitations/<uuid:invitation_id>/sending/", office.sending, name="sending"),
    path("invitations/<uuid:invitation_id>/revocation/", office.revocation, name="revocation"),
    path("codes/", office_codes.codes, name="codes"),
    path("codes/<uuid:code_id>/revocation/", office_codes.revocation, name="code_revocation"),
    path("merging/", merging.namesakes, name="namesakes"),
    path("merging/<uuid:from_id>/<uuid:into_id>/", merging.merge, name="merge"),
    path("asked/", asking.asked, name="asked"),
    path("asked/<uuid:tie_id>/", asking.answer, name="answer"),
]
