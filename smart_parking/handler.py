"""Django's WSGI handler, which looks an address up once that is always the same view's."""

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest
from django.urls import ResolverMatch

from parking.core.requests import TolerantRequest


class Handler(WSGIHandler):
    """Trying one after the other of hundreds of addresses took 2 % of a request at the gate."""

    request_class = TolerantRequest

    def __init__(self) -> None:
        super().__init__()
        self._fixed: dict[str, ResolverMatch] = {}

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        found = self._fixed.get(request.path_info)
        if found is not None:
            request.resolver_match = found
            return found
        match: ResolverMatch = super().resolve_request(request)
        # An address without parts is as it is written: there are no more of them than routes.
        if request.path_info == f"/{match.route}" and not match.args and not match.kwargs:
            self._fixed[request.path_info] = match
        return match
