"""What readers say and look for, in figures."""

from articles.editing.pages.base import StaffPages


class ReadersPage(StaffPages):
    pass
