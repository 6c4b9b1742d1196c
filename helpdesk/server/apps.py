from django.apps import AppConfig
from django.conf import settings


class ServerConfig(AppConfig):
    name = "helpdesk.server"
    label = "server"

    def ready(self) -> None:
        from helpdesk.wiring import connect  # models are there only now

        connect()
        if settings.REDIS_URL:
            from helpdesk.server.relay import the_relay

            the_relay()
