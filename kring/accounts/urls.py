"""All addresses of the account: no sign-up, no passwords, no changing of one's own address."""

from django.urls import include, path

from kring.accounts.views import passkeys, profile, sign_in, sign_out

own = [
    path("profile/", profile.profile, name="profile"),
    path("language/", profile.language, name="language"),
    path("devices/", sign_out.devices, name="devices"),
    path("devices/<int:device_id>/sign-out/", sign_out.sign_out_device, name="sign_out_device"),
    path("devices/sign-out/", sign_out.sign_out_everywhere, name="sign_out_everywhere"),
]

urlpatterns = [  # with the names that allauth asks for
    path("sign-in/", sign_in.ask, name="account_login"),
    path("sign-in/code/", sign_in.confirm, name="account_confirm_login_code"),
    path("sign-in/passkey/", sign_in.passkey, name="mfa_login_webauthn"),
    path("sign-in/again/", sign_in.again, name="account_reauthenticate"),
    path("sign-out/", sign_out.sign_out, name="account_logout"),
    path("passkeys/", passkeys.passkeys, name="mfa_list_webauthn"),
    path("passkeys/new/", passkeys.add, name="mfa_add_webauthn"),
    path("passkeys/<int:passkey_id>/", passkeys.rename, name="mfa_edit_webauthn"),
    path("passkeys/<int:passkey_id>/removal/", passkeys.remove, name="mfa_remove_webauthn"),
    path("", include((own, "accounts"))),
]
