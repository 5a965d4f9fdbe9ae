"""All addresses of the account: no sign-up, no changing of one's own address."""

from django.urls import include, path

from kring.accounts.views import (
    address,
    passkeys,
    password_sign_in,
    passwords,
    profile,
    second_factor,
    sign_in,
    sign_out,
    tablet,
)

own = [
    path("sign-in/password/", password_sign_in.sign_in, name="password_sign_in"),
    path("sign-in/paper/", password_sign_in.paper, name="paper_sign_in"),
    path("sign-in/forgotten/", password_sign_in.forgotten, name="forgotten"),
    path("password/", passwords.password, name="password"),
    path("password/removal/", passwords.remove, name="remove_password"),
    path("second-factor/", second_factor.second_factor, name="second_factor"),
    path("second-factor/app/", second_factor.app, name="app"),
    path("second-factor/app/removal/", second_factor.remove_app, name="remove_app"),
    path("paper-codes/", second_factor.sheet, name="paper_codes"),
    path("profile/", profile.profile, name="profile"),
    path("language/", profile.language, name="language"),
    path("devices/", sign_out.devices, name="devices"),
    path("devices/<int:device_id>/sign-out/", sign_out.sign_out_device, name="sign_out_device"),
    path("tablet/", tablet.tablet, name="tablet"),
    path("tablet/removal/", tablet.forget, name="forget_tablet"),
    path("tablet/lock/", tablet.lock, name="lock"),
    path("tablet/switch/", tablet.switch, name="switch"),
    path("tablet/switch/<uuid:pin_id>/", tablet.take_over, name="take_over"),
    path("address/", address.address, name="address"),
    path("address/codes/", address.codes, name="address_codes"),
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
