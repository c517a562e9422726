"""The pages of signing in, below /admin/: those of allauth's pages that the site uses, each with its title."""

from typing import Any

from allauth.account import views as account
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions.views import ListUserSessionsView
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse_lazy


class PasskeySignIn(webauthn.LoginWebAuthnView):  # type: ignore[misc] # allauth has no types
    """Sign-in with a passkey, whose challenges are limited: each is stored in a session of its own."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        refusal: HttpResponse | None = consume_or_429(request, action="passkey_challenge", limit_get=True)
        return refusal or super().get(request, *args, **kwargs)


def page(address: str, view: Any, name: str, title: str, **options: Any) -> URLPattern:
    options["extra_context"] = {"title": title}
    route: URLPattern = path(address, view.as_view(**options), name=name)
    return route


urlpatterns = [
    page("login/", account.LoginView, "account_login", "Log in"),
    page("login/factor/", mfa.AuthenticateView, "mfa_authenticate", "Your second factor"),
    page("login/passkey/", PasskeySignIn, "mfa_login_webauthn", "Log in"),
    page("logout/", account.LogoutView, "account_logout", "Log out"),
    page("account/", mfa.IndexView, "mfa_index", "How you sign in"),
    page("account/confirm/", account.ReauthenticateView, "account_reauthenticate", "Confirm that it is you"),
    page("account/confirm/code/", mfa.ReauthenticateView, "mfa_reauthenticate", "Confirm that it is you"),
    page(
        "account/confirm/passkey/",
        webauthn.ReauthenticateWebAuthnView,
        "mfa_reauthenticate_webauthn",
        "Confirm that it is you",
    ),
    page("account/app/", totp.ActivateTOTPView, "mfa_activate_totp", "Set up an authenticator app"),
    page("account/app/remove/", totp.DeactivateTOTPView, "mfa_deactivate_totp", "Remove the authenticator app"),
    page("account/passkeys/add/", webauthn.AddWebAuthnView, "mfa_add_webauthn", "Add a passkey"),
    page(
        "account/passkeys/<int:pk>/remove/",
        webauthn.RemoveWebAuthnView,
        "mfa_remove_webauthn",
        "Remove a passkey",
        success_url=reverse_lazy("mfa_index"),
    ),
    page("account/codes/", recovery_codes.ViewRecoveryCodesView, "mfa_view_recovery_codes", "Recovery codes"),
    page(
        "account/codes/new/",
        recovery_codes.GenerateRecoveryCodesView,
        "mfa_generate_recovery_codes",
        "New recovery codes",
    ),
    page("account/sessions/", ListUserSessionsView, "usersessions_list", "Where you are logged in"),
]
