from django.apps import AppConfig


class ServerConfig(AppConfig):
    name = "helpdesk.server"
    label = "server"

    def ready(self) -> None:
        from helpdesk.wiring import connect  # models are there only now

        connect()
