from django.urls import path
from django.views.decorators.http import require_safe

from articles import my_questions, views
from articles.editing.preview import preview
from articles.feeds import ArticleFeed
from articles.readers import feedback
from articles.sitemaps import sitemap, sitemap_file

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.index, name="index"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("articles/<slug:slug>/feedback/", feedback.feedback, name="feedback"),
    path("articles/<slug:slug>/feedback/thanks/", feedback.thanks, name="feedback_thanks"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("glossary/", views.glossary, name="glossary"),
    path("references/", views.references, name="references"),
    path("my-questions/", my_questions.my_questions, name="my_questions"),
    path("my-questions/sheet/", my_questions.sheet, name="questions_sheet"),
    path("search/", views.search_page, name="search"),
    path("feed.xml", require_safe(ArticleFeed()), name="feed"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("sitemap-<int:number>.xml", sitemap_file, name="sitemap_file"),
    path("preview/<str:token>/", preview, name="preview"),
    path("pictures/<str:file_name>", views.picture, name="picture"),
    path("pages/<slug:slug>/", views.page_redirect, name="page_redirect"),
    path("<slug:slug>/", views.page, name="page"),
]
