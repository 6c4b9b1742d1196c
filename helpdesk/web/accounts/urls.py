from django.urls import path

from helpdesk.web.accounts import links, second, security, sso

app_name = "account"

urlpatterns = [
    path("sign-in/forgot/", links.forgot, name="forgot"),
    path("sign-in/link/<str:key>/", links.link, name="link"),
    path("sign-in/second/", second.second, name="second"),
    path("sign-in/needed/", second.needed, name="needed"),
    path("sign-in/confirm/", second.confirm_page, name="confirm"),
    path("sign-in/passkey/options/", second.passkey_options, name="passkey-options"),
    path("sign-in/passkey/", second.passkey, name="passkey"),
    path("sign-in/with/<uuid:provider>/", sso.start, name="sso"),
    path("sign-in/with/<uuid:provider>/back/", sso.back, name="sso-back"),
    path("sign-in/with/<uuid:provider>/out/", sso.out, name="sso-out"),
    path("profile/security/providers/<uuid:provider>/", sso.start_link, name="link-provider"),
    path("profile/security/identities/<int:identity>/remove/", sso.drop_link, name="drop-identity"),
    path("profile/security/", security.security, name="security"),
    path("profile/security/app/", security.authenticator, name="authenticator"),
    path("profile/security/app/remove/", security.drop_authenticator, name="drop-authenticator"),
    path("profile/security/codes/", security.new_codes, name="new-codes"),
    path("profile/security/passkeys/options/", security.new_passkey_options, name="new-passkey-options"),
    path("profile/security/passkeys/", security.new_passkey, name="new-passkey"),
    path("profile/security/passkeys/<int:passkey>/remove/", security.drop_passkey, name="drop-passkey"),
    path("profile/security/sign-ins/<int:sign_in>/end/", security.end_one, name="end-sign-in"),
    path("profile/security/sign-ins/end/", security.end_elsewhere, name="end-others"),
]
