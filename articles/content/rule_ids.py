"""The rules by id, and how strongly each may speak."""

BLOCK = "block"  # stops publication
WARN = "warn"  # needs a written reason, or a change
HINT = "hint"  # advice: needs neither
ACCEPTED = "accepted"  # a warning that was answered, or a claim that was marked

RULES = tuple(f"A{number:02}" for number in range(1, 34))
# A warning needs judgment; a hint is about what good texts do too. A06, A09, A16 and A27 also find blocks.
# A03 also finds a warning that no reason answers: an overdue check, which is no fault of the text.
MAY_WARN = frozenset({"A07", "A09", "A27"})
HINTS = frozenset({"A06", "A16", "A17", "A18", "A22", "A30"})
ANSWERABLE = tuple(sorted(MAY_WARN | HINTS))  # files may have reasons for hints that used to be warnings
