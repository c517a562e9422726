"""`{claim-ok: reason}` marks a word that is banned elsewhere and right here. Reviewers read it, readers never do."""

import re

CLAIM_OK = re.compile(r"(?<![ \t])[ \t]*+\{claim-ok:((?:(?!\{claim-ok:)[^}])*+)\}")


def without_claim_marks(markdown: str) -> str:
    return CLAIM_OK.sub("", markdown)
