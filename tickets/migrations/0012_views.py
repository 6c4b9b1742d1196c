"""Saved views and bulk actions; indexes for sorting by subject and by what is due."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")
MANY = {"on_delete": django.db.models.deletion.CASCADE, "related_name": "+"}


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("tickets", "0011_held"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", ID.clone()),
                ("name", models.CharField(max_length=60)),
                ("query", models.CharField(blank=True, default="", max_length=1000)),
                ("colour", models.CharField(default="open", max_length=8)),
                ("position", models.PositiveIntegerField(default=0)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "owner",
                    models.ForeignKey(blank=True, null=True, to=settings.AUTH_USER_MODEL, **MANY),
                ),
                ("team", models.ForeignKey(blank=True, null=True, to="core.team", **MANY)),
            ],
            options={
                "ordering": ("position", "id"),
                "constraints": [
                    models.CheckConstraint(condition=~Q(name=""), name="views_have_a_name"),
                    models.CheckConstraint(
                        condition=Q(team__isnull=True) | Q(owner__isnull=True), name="views_one_owner"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ListLook",
            fields=[
                ("id", ID.clone()),
                ("columns", models.CharField(blank=True, default="", max_length=300)),
                ("has_preview", models.BooleanField(default=True)),
                (
                    "user",
                    models.OneToOneField(to=settings.AUTH_USER_MODEL, **MANY),
                ),
            ],
        ),
        migrations.CreateModel(
            name="BulkRun",
            fields=[
                ("id", ID.clone()),
                ("at", models.DateTimeField()),
                ("deed", models.CharField(max_length=10)),
                ("count", models.PositiveIntegerField(default=0)),
                ("kept", models.JSONField(default=dict)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
                ("by", models.ForeignKey(to=settings.AUTH_USER_MODEL, **MANY)),
            ],
        ),
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(Lower("subject"), "id", name="tickets_by_subject"),
        ),
        migrations.AddIndex(
            model_name="ticketclock",
            index=models.Index(
                fields=["due_at", "ticket"],
                name="clocks_by_due",
                condition=Q(met_at=None, due_at__isnull=False),
            ),
        ),
    ]
