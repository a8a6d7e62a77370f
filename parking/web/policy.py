"""What a page may load, in its Content-Security-Policy; the policy itself stands in the settings."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):
    """The API answers with data: its calls, the most frequent of all, need no policy put together for each."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith("/api/"):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if request.path_info.startswith("/api/") else super().process_response(request, response)
