from typing import Any

from django.db import transaction
from django.urls import path
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.generics import CreateAPIView
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer

from benchmarks.bare.models import Event, Ticket, Token


class Caller:
    is_authenticated = True


class ByToken(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any]:
        words = request.headers.get("Authorization", "").split()
        token = Token.objects.filter(key=words[-1]).first() if words else None
        if token is None:
            raise AuthenticationFailed
        return Caller(), token


class TicketSerializer(serializers.ModelSerializer[Ticket]):
    class Meta:
        model = Ticket
        fields = ["id", "subject", "description", "priority", "status", "created_at"]


class Tickets(CreateAPIView[Ticket]):
    queryset = Ticket.objects.all()
    serializer_class = TicketSerializer
    authentication_classes = [ByToken]

    def perform_create(self, serializer: BaseSerializer[Ticket]) -> None:
        with transaction.atomic():
            ticket = serializer.save()
            Event.objects.create(ticket=ticket, kind="opened", body=ticket.description)


urlpatterns = [path("tickets", Tickets.as_view())]
