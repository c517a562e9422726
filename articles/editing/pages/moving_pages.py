"""New article, another address, withdrawing."""

from articles.editing.pages.base import StaffPages


class MovingPages(StaffPages):
    pass
