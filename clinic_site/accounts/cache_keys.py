"""Keys of the table that counts sign-ins, without the address or the name that each key is about."""

from django.utils.crypto import salted_hmac


def digest(key: str, key_prefix: str, version: int) -> str:
    """Return a keyed digest: Django's cache setting KEY_FUNCTION."""
    return salted_hmac("accounts.cache_keys", f"{key_prefix}:{version}:{key}", algorithm="sha256").hexdigest()
