"""CSV files: sent, looked at line by line, carried out, taken back. Each person sees their own."""

from typing import Any, ClassVar
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from agents.api.calls import rows_of
from agents.api.door import StrictSerializer, once, valid
from agents.domain.csv_file import MAX_BYTES
from agents.services.imports.run import carry_out, may_be_undone, plan_of, start_import, undo_import
from helpdesk.core.api import SmallJSONParser
from helpdesk.core.domain.permissions import Permission
from helpdesk.core.models import ImportRun
from helpdesk.core.selectors.imports import imports_visible_to
from helpdesk.web.settings_api.base import SettingsDoor, call, one_of, page_shape
from tickets.api.parsers import TicketFormParser

TAG = "Imports"


class ImportSerializer(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="public_id")
    kind = serializers.CharField(help_text="clients, contacts or devices.")
    filename = serializers.CharField()
    created_at = serializers.DateTimeField()
    applied_at = serializers.DateTimeField(allow_null=True, help_text="null: looked at only.")
    undone_at = serializers.DateTimeField(allow_null=True)
    imported_lines = serializers.SerializerMethodField()
    may_be_undone = serializers.SerializerMethodField()

    def get_imported_lines(self, run: ImportRun) -> int:
        return len(run.done)

    def get_may_be_undone(self, run: ImportRun) -> bool:
        return may_be_undone(run, self.context["now"])


class NewImportSerializer(StrictSerializer):
    kind = serializers.ChoiceField(ImportRun.Kind.values)
    file = serializers.FileField(help_text="CSV in UTF-8, at most 2 MB; its first line names the columns.")


class LineSerializer(serializers.Serializer[Any]):
    line = serializers.IntegerField(source="line.number")
    outcome = serializers.CharField(help_text="create, change, same or wrong (then it is skipped).")
    title = serializers.CharField()
    words = serializers.CharField(help_text="What is wrong, for people.")
    changes = serializers.SerializerMethodField()

    def get_changes(self, plan: Any) -> dict[str, list[str]]:  # noqa: ANN401 - a Plan
        return {name: [str(before), str(after)] for name, (before, after) in plan.changes.items()}


class TakenBackSerializer(serializers.Serializer[Any]):
    taken_back = serializers.IntegerField()
    left = serializers.IntegerField(help_text="Used or changed since.")


LineListSerializer = rows_of("LineList", LineSerializer)


class ImportsDoor(SettingsDoor):
    reads = writes = Permission.CLIENTS_EDIT
    guard: ClassVar[str] = str(Permission.CLIENTS_EDIT)

    def run(self, public_id: UUID) -> ImportRun:
        return one_of(imports_visible_to(self.user), public_id=public_id)

    def told(self, run: ImportRun, status: int = 200) -> Response:
        return self.tagged(ImportSerializer(run, context={"now": self.now}).data, status)


class ImportsView(ImportsDoor):
    parser_classes = [TicketFormParser, SmallJSONParser]

    @call("list_imports", "One's own imports, 50 a page", tag=TAG, gives=page_shape(ImportSerializer))
    def get(self, request: Request) -> Response:
        now = {"now": self.now}
        return self.page(imports_visible_to(self.user), ImportSerializer, context=lambda _rows: now)

    @call(
        "start_import",
        "Send a file to be looked at, as a form; nothing is imported yet",
        tag=TAG,
        takes=NewImportSerializer,
        gives=ImportSerializer,
        status=201,
    )
    @once
    def post(self, request: Request) -> Response:
        given = valid(NewImportSerializer(data=request.data))
        file = given["file"]
        content = file.read(MAX_BYTES + 1)
        name = str(file.name or "").replace("\0", "")[:200]
        run = start_import(kind=given["kind"], filename=name, content=content, by=self.user, now=self.now)
        return self.told(run, 201)


class ImportView(ImportsDoor):
    @call("read_import", "One import", tag=TAG, gives=ImportSerializer)
    def get(self, request: Request, import_run: UUID) -> Response:
        return self.told(self.run(import_run))

    @call(
        "carry_out_import",
        "Import what the plan says, once",
        tag=TAG,
        gives=ImportSerializer,
    )
    @once
    def post(self, request: Request, import_run: UUID) -> Response:
        run = self.run(import_run)
        carry_out(run=run, now=self.now)
        return self.told(self.run(import_run))


class PlanView(ImportsDoor):
    @call("plan_import", "What each line would do now", tag=TAG, gives=LineListSerializer)
    def get(self, request: Request, import_run: UUID) -> Response:
        return Response({"results": LineSerializer(plan_of(self.run(import_run)), many=True).data})


class UndoImportView(ImportsDoor):
    @call("undo_import", "Take back what nobody has touched since", tag=TAG, gives=TakenBackSerializer)
    @once
    def post(self, request: Request, import_run: UUID) -> Response:
        back, stay = undo_import(run=self.run(import_run), by=self.user, now=self.now)
        return Response({"taken_back": back, "left": stay})
