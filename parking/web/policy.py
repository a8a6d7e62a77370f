"""What a page may load, in its Content-Security-Policy; the policy itself is in the settings."""

from csp.middleware import CSPMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase


class PagePolicyMiddleware(CSPMiddleware):
    """Adds the policy to pages only: the API's calls, the most frequent of all, return data and need none."""

    def process_request(self, request: HttpRequest) -> None:
        if not request.path_info.startswith("/api/"):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        return response if request.path_info.startswith("/api/") else super().process_response(request, response)
