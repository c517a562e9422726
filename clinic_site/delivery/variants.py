"""A page as finished bytes: identity, gzip and brotli, each with its headers and a strong ETag."""

import gzip
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import brotli

from clinic_site.delivery.internal_request import Headers
from clinic_site.delivery.page_file import PageFile, Slice

FIRST_FLIGHT = 10 * 1_460  # bytes: the initial congestion window of TCP (RFC 6928)
ROOM = FIRST_FLIGHT - 1_000  # bytes for the body, without headers and TLS
QUICK = 5  # brotli: 1.3 ms an article; see docs/decisions/0012
CLOSE = 11  # brotli: 86 ms, and an eighth smaller
GZIP_LEVEL = 6
CACHE_CONTROL = "public, no-cache"  # caches revalidate each time: a correction shows at once
OURS = {"content-length", "etag", "vary", "cache-control", "content-encoding"}
NOT_MODIFIED_NEEDS = {"etag", "vary", "cache-control"}  # RFC 9110, 15.4.5


def _identity(body: bytes) -> bytes:
    return body


def quick_brotli(body: bytes) -> bytes:
    """Compress with QUICK, or with CLOSE if that may save a round trip, 150 ms on a slow phone."""
    quick = bytes(brotli.compress(body, quality=QUICK))
    if ROOM < len(quick) <= ROOM * 16 // 13:
        return bytes(brotli.compress(body, quality=CLOSE))
    return quick


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, GZIP_LEVEL, mtime=0)


# By name in Accept-Encoding and Content-Encoding, best first.
ENCODINGS: Mapping[str, Callable[[bytes], bytes]] = {"br": quick_brotli, "gzip": _gzip, "": _identity}


@dataclass(frozen=True, slots=True)
class Variant:
    etag: str
    headers: Headers
    not_modified: Headers  # the headers of a 304
    body: Slice


Variants = Mapping[str, Variant]  # by encoding


def finish(headers: Headers, body: bytes, pack: PageFile) -> Variants:
    """Return the variants of a page that Django answered with `headers` and `body`. Store their bytes in `pack`."""
    others = [(name, value) for name, value in headers if name.lower() not in OURS]
    digest = hashlib.sha256(body).hexdigest()[:32]
    return {encoding: _variant(encoding, digest, others, make(body), pack) for encoding, make in ENCODINGS.items()}


def _variant(encoding: str, digest: str, others: Headers, body: bytes, pack: PageFile) -> Variant:
    etag = f'"{digest}-{encoding}"' if encoding else f'"{digest}"'
    headers = [
        *others,
        ("Content-Length", str(len(body))),
        ("ETag", etag),
        ("Vary", "Accept-Encoding"),
        ("Cache-Control", CACHE_CONTROL),
        *([("Content-Encoding", encoding)] if encoding else []),
    ]
    short = [header for header in headers if header[0].lower() in NOT_MODIFIED_NEEDS]
    return Variant(etag, headers, short, pack.add(body))


@lru_cache(maxsize=256)
def best_encoding(accepted: str) -> str:
    """Return the best of ENCODINGS that the header Accept-Encoding allows."""
    allowed = {}
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";")
        allowed[name.strip()] = not _is_zero(weight)
    return next(name for name in ENCODINGS if not name or allowed.get(name, allowed.get("*", False)))


def _is_zero(weight: str) -> bool:
    """Return whether `weight` is “q=0” or “q=0.000”."""
    name, _, value = weight.replace(" ", "").partition("=")
    return name == "q" and value.strip("0.") == "" and value != ""
