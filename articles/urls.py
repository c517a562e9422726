from django.contrib.sitemaps.views import sitemap
from django.urls import path

from articles import views
from articles.feeds import ArticleFeed
from articles.sitemaps import SITEMAPS

app_name = "articles"
urlpatterns = [
    path("", views.home, name="home"),
    path("articles/", views.index, name="index"),
    path("articles/<slug:slug>/", views.article, name="article"),
    path("topics/<slug:slug>/", views.topic, name="topic"),
    path("glossary/", views.glossary, name="glossary"),
    path("references/", views.references, name="references"),
    path("search/", views.search_page, name="search"),
    path("feed.xml", ArticleFeed(), name="feed"),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("pages/<slug:slug>/", views.page_redirect, name="page_redirect"),
    path("<slug:slug>/", views.page, name="page"),
]
