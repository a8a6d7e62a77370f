"""The older addresses in the OpenAPI description."""

import pytest

from tests.client import description_of_calls

FORMS = {"application/json", "application/x-www-form-urlencoded", "multipart/form-data"}
POSTS = {
    "/parking/entry/": FORMS,
    "/parking/entry-qr-scan/": FORMS,
    "/parking/exit-qr-scan/": FORMS,
    "/parking/cancel-booking/": FORMS,
    "/api/parking/book/": {"application/json"},
    "/api/parking/scan-entry/": {"application/json"},
    "/api/parking/scan-exit/": {"application/json"},
}
PAGES = [
    "/parking/entry/",
    "/parking/entry-qr-scan/",
    "/parking/exit-qr-scan/",
    "/entry-qr-scan/",
    "/exit-qr-scan/",
]


@pytest.fixture(scope="module")
def paths():
    return description_of_calls()["paths"]


@pytest.mark.parametrize(("path", "media"), POSTS.items())
def test_posts(paths, path, media):
    post = paths[path]["post"]
    assert set(post["requestBody"]["content"]) == media
    assert all("example" in content for content in post["requestBody"]["content"].values())
    assert {str(status) for status in post["responses"]} == {
        *("200", "400", "401", "403", "404", "409", "413", "415", "429", "503"),
    }
    assert post["responses"]["200"]["content"]["application/json"]["example"]["success"] is True
    assert "Idempotency-Key" in [parameter["name"] for parameter in post["parameters"]]
    assert post["security"] == [{"Bearer": []}, {"SessionCookie": []}, {}]


@pytest.mark.parametrize("path", PAGES)
def test_pages(paths, path):
    assert list(paths[path]["get"]["responses"]["200"]["content"]) == ["text/html"]


def test_zone_status(paths):
    get = paths["/parking/zone/{zone_ref}/status/"]["get"]
    assert get["responses"]["200"]["content"]["application/json"]["example"]["hourly_rate"] == "50.00"
    assert "security" not in get
