"""The headers that keep every page to itself: no third-party host, no script on public pages, no frame."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PUBLIC_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",  # no script could use it; tools that test a page fetch robots.txt in its name
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Django admin brings scripts of its own, from this host.
ADMIN_POLICY = PUBLIC_POLICY | {"script-src": "'self'", "font-src": "'self'"}
# Their addresses hold a token or a searched name, which would go into the log of each style sheet they load.
TELLING = ("/admin/", "/consultation/", "/preview/")
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), browsing-topics=()"


def policy_header(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class SecurityHeadersMiddleware:
    """Adds the Content-Security-Policy for the path, and keeps everything behind sign-in out of every cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        behind_sign_in = request.path.startswith("/admin/")
        response["Content-Security-Policy"] = policy_header(ADMIN_POLICY if behind_sign_in else PUBLIC_POLICY)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        if behind_sign_in:
            response["Cache-Control"] = "no-store"
        if request.path.startswith(TELLING):
            response["Referrer-Policy"] = "strict-origin"
        return response
