"""The headers that keep every page to itself: no third-party host, no script on public pages, no frame."""

import re
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
# Their addresses hold a token or a searched name, which would go into the log of each style sheet they load. However
# they are written: a wrong address is answered with a page, too.
TELLING = re.compile(r"/+(admin|consultation|preview)(/|$)", re.IGNORECASE)
# For what says nothing of caches itself. Browsers keep a 301 and a 410 for good then (RFC 9111, 4.2.2), and an article
# that gets its old name back, or is published again, could not be reached from there.
ASK_AGAIN = "no-cache"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), browsing-topics=()"


def policy_header(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class SecurityHeadersMiddleware:
    """Adds the headers that Django's own middleware does not know.

    The Content-Security-Policy is that of the path. What is behind sign-in, or at an address with a token, stays out of
    every cache; other answers that say nothing of caches are asked for again each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        behind_sign_in = request.path.startswith("/admin/")
        response["Content-Security-Policy"] = policy_header(ADMIN_POLICY if behind_sign_in else PUBLIC_POLICY)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"  # no other site may show or read what is here
        telling = TELLING.match(request.path)
        if telling:
            response["Referrer-Policy"] = "strict-origin"
        if behind_sign_in:
            response["Cache-Control"] = "no-store"
        response.setdefault("Cache-Control", "no-store" if telling else ASK_AGAIN)
        return response
