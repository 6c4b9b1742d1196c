from django.db import models
from django.db.models.functions import Lower


class Tag(models.Model):
    """A word that technicians put on tickets; unique whatever its case."""

    name = models.CharField(max_length=40)
    colour = models.CharField(max_length=16, blank=True, default="")

    class Meta:
        ordering = ("name",)
        constraints = (models.UniqueConstraint(Lower("name"), name="tickets_tag_name_once"),)

    def __str__(self) -> str:
        return self.name
