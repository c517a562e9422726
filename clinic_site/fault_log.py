"""Logs a fault that lasts once, not at each try."""

import logging


class FaultLog:
    """Remembers, for each thing that may fail, which kinds of fault are logged already."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._logged: dict[str, set[str]] = {}

    def failed(self, what: str, kind: str, level: int, message: str, *args: object) -> None:
        """Log `message`, unless a fault of that kind was logged since `what` last worked."""
        kinds = self._logged.setdefault(what, set())
        if kind not in kinds:
            kinds.add(kind)
            self._logger.log(level, message, *args)

    def works(self, what: str) -> None:
        """Log that `what` works again, where a fault of it was logged."""
        if self._logged.pop(what, None):
            self._logger.warning("%s works again.", what)
