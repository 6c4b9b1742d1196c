"""The pages under Settings that belong to tickets: mail, rules, hours, targets."""

from django.urls import URLPattern

app_name = "desk"
urlpatterns: list[URLPattern] = []
