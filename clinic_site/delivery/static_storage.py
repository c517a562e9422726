"""The storage of gathered static files: hashed and compressed by WhiteNoise, with one stylesheet for public pages."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

SITE, TOKENS = "css/site.css", "css/tokens.css"
IMPORT = '@import "tokens.css";\n'


class StaticStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # WhiteNoise has no types
    """Put the tokens into site.css in place of the import, which would cost readers one request after another."""

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        if SITE in paths and not dry_run:
            site = Path(self.path(SITE))
            site.write_text(site.read_text().replace(IMPORT, Path(self.path(TOKENS)).read_text()))
            paths = paths | {SITE: (self, SITE)}
        yield from super().post_process(paths, dry_run=dry_run, **options)
