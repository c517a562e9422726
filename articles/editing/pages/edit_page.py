"""The editor: form, text, preview, problems."""

from articles.editing.pages.base import StaffPages


class EditPage(StaffPages):
    pass
