from django.urls import path

from kring.joining.views import own, public, public_account, public_invitation, public_yes

app_name = "joining"
urlpatterns = [
    path("", public.code, name="code"),
    path("child/", public.child, name="child"),
    path("account/", public_account.account, name="account"),
    path("account/code/", public_account.mailbox_code, name="mailbox"),
    path("yes/", public_yes.yes, name="yes"),
    path("welcome/", public_yes.welcome, name="welcome"),
    path("mail/<str:token>/", public_invitation.invitation, name="invitation"),
    path("invited/", public_invitation.invited, name="invited"),
    path("children/<uuid:tie_id>/not-mine/", own.not_mine, name="not_mine"),
    path("same-child/", own.same_child, name="same_child"),
]
