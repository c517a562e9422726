"""Make rendering fail, as with text nested too deep."""

import pytest

from articles.rendering import page_cache


def cannot_render(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on, fail to render every page that is neither in memory nor on disk."""

    def fail(document: object) -> None:
        raise RecursionError

    monkeypatch.setattr("articles.rendering.renderer.render", fail)
    monkeypatch.setattr(page_cache, "load_cached", lambda file, key, kind: None)
    page_cache.rendered.cache_clear()
