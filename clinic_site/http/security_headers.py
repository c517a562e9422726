"""Security headers of every page: no third-party host, no script on public pages, no frame."""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PUBLIC_POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",  # no page has a script that could use it; testing tools fetch robots.txt
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
# Django admin has its own scripts, on this host.
ADMIN_POLICY = PUBLIC_POLICY | {"script-src": "'self'", "font-src": "'self'"}
# Paths with a token or a searched name, which the Referer header would send with each style sheet. The pattern is loose
# because a mistyped address is answered with a page as well.
PRIVATE_PATH = re.compile(r"/+(admin|consultation|preview)(/|$)", re.IGNORECASE)
# For responses without Cache-Control: browsers would cache a 301 and a 410 forever (RFC 9111, 4.2.2), and never reach
# an article that gets its old name back or is published again.
ASK_AGAIN = "no-cache"
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), browsing-topics=()"


def policy_header(policy: dict[str, str]) -> str:
    return "; ".join(f"{name} {value}" for name, value in policy.items())


class SecurityHeadersMiddleware:
    """Add the security headers that Django's own middleware does not set.

    The Content-Security-Policy depends on the path. Pages behind sign-in, or at an address with a token, are
    not cached; other responses without a Cache-Control are revalidated each time.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        behind_sign_in = request.path.startswith("/admin/")
        response["Content-Security-Policy"] = policy_header(ADMIN_POLICY if behind_sign_in else PUBLIC_POLICY)
        response["Permissions-Policy"] = PERMISSIONS_POLICY
        response["Cross-Origin-Resource-Policy"] = "same-origin"  # no other site may embed or read the response
        is_private = PRIVATE_PATH.match(request.path)
        if is_private:
            response["Referrer-Policy"] = "strict-origin"
        if behind_sign_in:
            response["Cache-Control"] = "no-store"
        response.setdefault("Cache-Control", "no-store" if is_private else ASK_AGAIN)
        return response
