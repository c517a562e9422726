"""Revisions: who changed what; compare and restore."""

from articles.editing.pages.base import StaffPages


class HistoryPage(StaffPages):
    pass
