from typing import ClassVar

from django.db import models


class Token(models.Model):
    objects: ClassVar[models.Manager["Token"]] = models.Manager()

    key = models.CharField(max_length=64, unique=True)

    def __str__(self) -> str:
        return self.key


class Ticket(models.Model):
    objects: ClassVar[models.Manager["Ticket"]] = models.Manager()

    subject = models.CharField(max_length=200)
    description = models.TextField()
    priority = models.CharField(max_length=10)
    status = models.CharField(max_length=12, default="open")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "-created_at"]),
            models.Index(fields=["priority", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.subject


class Event(models.Model):
    objects: ClassVar[models.Manager["Event"]] = models.Manager()

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE)
    kind = models.CharField(max_length=20)
    body = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.kind
