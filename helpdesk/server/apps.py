from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "helpdesk.server"
    label = "server"
