"""URLs of the staff pages about articles, below /admin/articles/contentfile/, with the permission each requires."""

from django.urls import path

from articles.editing.pages import (
    addresses,
    article_list,
    clinic_facts,
    edit,
    history,
    pictures,
    readers,
    review,
    shared_files,
    sources,
)
from articles.editing.pages.base import CHANGE, VIEW, staff_page

urlpatterns = [
    path("", staff_page(VIEW, article_list.list_view), name="articles_contentfile_changelist"),
    path("readers/", staff_page(VIEW, readers.readers_view), name="articles_contentfile_readers"),
    path("new/", staff_page(CHANGE, addresses.new_view), name="articles_contentfile_new"),
    path("rename/<slug:slug>/", staff_page(CHANGE, addresses.rename_view), name="articles_contentfile_rename"),
    path("withdraw/<slug:slug>/", staff_page(CHANGE, addresses.withdraw_view), name="articles_contentfile_withdraw"),
    path("lead/", staff_page(CHANGE, addresses.lead_view), name="articles_contentfile_lead"),
    path(
        "edit/<slug:slug>/",
        edit.return_posted_text(staff_page(CHANGE, edit.edit_view)),
        name="articles_contentfile_edit",
    ),
    path("edit/<slug:slug>/check/", staff_page(CHANGE, edit.check_view), name="articles_contentfile_check"),
    path("edit/<slug:slug>/preview/", staff_page(CHANGE, edit.preview_view), name="articles_contentfile_preview"),
    path("history/<slug:slug>/", staff_page(VIEW, history.history_view), name="articles_contentfile_history"),
    path("history/<slug:slug>/restore/", staff_page(CHANGE, history.restore_view), name="articles_contentfile_restore"),
    path("review/<slug:slug>/", staff_page(VIEW, review.review_view), name="articles_contentfile_review"),
    path("files/", staff_page(CHANGE, shared_files.files_view), name="articles_contentfile_files"),
    path(
        "files/<path:path>/history/",
        staff_page(CHANGE, shared_files.file_history_view),
        name="articles_contentfile_file_history",
    ),
    path("files/<path:path>", staff_page(CHANGE, shared_files.file_view), name="articles_contentfile_file"),
    path("sources/new/", staff_page(CHANGE, sources.new_source_view), name="articles_contentfile_new_source"),
    path("clinic/", staff_page(CHANGE, clinic_facts.facts_view), name="articles_contentfile_facts"),
    path(
        "clinic/offices/<slug:office>/hours/",
        staff_page(CHANGE, clinic_facts.hours_view),
        name="articles_contentfile_hours",
    ),
    path(
        "clinic/offices/<slug:office>/closed-days/",
        staff_page(CHANGE, clinic_facts.closures_view),
        name="articles_contentfile_closures",
    ),
    path(
        "clinic/offices/<slug:office>/calendars/<slug:calendar>/",
        staff_page(CHANGE, clinic_facts.calendar_view),
        name="articles_contentfile_calendar",
    ),
    path("clinic/visits/<slug:kind>/", staff_page(CHANGE, clinic_facts.kind_view), name="articles_contentfile_kind"),
    path("pictures/", staff_page(CHANGE, pictures.pictures_view), name="articles_contentfile_pictures"),
    path(
        "pictures/<slug:name>/delete/",
        staff_page(CHANGE, pictures.delete_view),
        name="articles_contentfile_delete_picture",
    ),
]
