"""The rules by id, and which of them may be answered with a reason."""

BLOCK = "block"  # stops publication
WARN = "warn"  # needs a written reason, or a change
ACCEPTED = "accepted"  # a warning that was answered, or a claim that was marked
LEVELS = (BLOCK, WARN, ACCEPTED)

RULES = tuple(f"A{number:02}" for number in range(1, 32))
# These tell of something that needs judgement; A06, A09, A16 and A27 tell of blocks too.
MAY_WARN = frozenset({"A06", "A07", "A09", "A16", "A17", "A18", "A22", "A27", "A30"})
