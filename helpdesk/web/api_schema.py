"""The description of the API: the same for everybody, so written once in each language and form."""

from contextlib import nullcontext
from functools import lru_cache
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import get_language, override
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SCHEMA_KWARGS, SpectacularAPIView
from rest_framework.request import Request

from agents.api.door import Door
from helpdesk.core.domain.languages import LANGUAGE_NAMES
from helpdesk.core.domain.permissions import Permission

_RENDERERS = {each.media_type: each for each in SpectacularAPIView.renderer_classes}


@lru_cache(maxsize=16)
def _written(media_type: str, version: str | None, _language: str | None) -> str | bytes:
    """Generating and writing it takes a second; the code that it describes stays until the next start."""
    generator = SpectacularAPIView.generator_class(api_version=version)
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return _RENDERERS[media_type]().render(schema, renderer_context={})


class ApiSchema(Door, SpectacularAPIView):
    reads = Permission.TICKETS_VIEW
    guard: ClassVar[str] = str(Permission.TICKETS_VIEW)

    @extend_schema(**SCHEMA_KWARGS)
    def get(self, request: Request, *_args: Any, **_kwargs: Any) -> HttpResponse:
        """In `?lang=`, if it is one of ours: of any other Django would keep a catalogue for good (A25)."""
        asked = request.GET.get("lang", "")
        with override(asked) if asked in LANGUAGE_NAMES else nullcontext():
            return self._get_schema_response(request)

    def _get_schema_response(self, request: Request) -> HttpResponse:
        renderer, _accepted = self.perform_content_negotiation(request, force=True)
        version = request.version or self._get_version_parameter(request)  # type: ignore[no-untyped-call]
        name = self._get_filename(request, version)  # type: ignore[no-untyped-call]
        charset = f"; charset={renderer.charset}" if renderer.charset else ""
        return HttpResponse(
            _written(str(renderer.media_type), version, get_language()),
            content_type=f"{renderer.media_type}{charset}",
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )
