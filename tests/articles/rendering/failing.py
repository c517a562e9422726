"""A renderer that cannot make any page, as with text nested too deep."""

import pytest

from articles import rendered_store


def cannot_render(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on no page can be made that is not in memory or on disk."""

    def fail(document: object) -> None:
        raise RecursionError

    monkeypatch.setattr("articles.rendering.render", fail)
    monkeypatch.setattr(rendered_store, "_stored", fail)
    rendered_store.rendered.cache_clear()
