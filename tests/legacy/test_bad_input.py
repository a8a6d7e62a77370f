"""Nothing that a client sends to the older addresses is an error of ours."""

from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from parking.audit.models import AuditEntry
from parking.stays.models import ParkingSession

URLENCODED = "application/x-www-form-urlencoded"
GOOD = {"vehicle_number": "DL-01-AB-1234", "owner_name": "Asha Rao"}
POSTS = ["/parking/entry/", "/parking/entry-qr-scan/", "/parking/exit-qr-scan/", "/parking/cancel-booking/"]


def send(browser, body, media, path="/parking/entry/"):
    # Said aloud, because the test client leaves it out when the body is empty.
    return browser.generic("POST", path, body, CONTENT_TYPE=media)


def refusal(answer):
    body = answer.json()
    assert body["success"] is False
    return answer.status_code, body["code"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("media", ["", "text/plain", "application/xml", "application/x-ndjson", "json"])
def test_other_media_are_not_taken(browser, path, media):
    assert refusal(send(browser, b"{}", media, path)) == (415, "unsupported_media_type")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"", b"{", b"{'a': 1}", b"NaN", b'{"qr_code": "\\ud800"}', b"\xff\xfe", b"[" * 5000])
def test_malformed_json(browser, path, body):
    assert refusal(send(browser, body, "application/json", path)) == (400, "malformed_body")


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"text"', b"[{}]", b"true"])
def test_json_that_is_no_object(browser, path, body):
    answer = send(browser, body, "application/json", path)
    assert refusal(answer) == (400, "validation_error")
    assert list(answer.json()["errors"]) == ["body"]


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("media", ["application/json", URLENCODED])
def test_missing_fields_are_named(browser, path, media):
    body = b"{}" if media == "application/json" else b""
    answer = send(browser, body, media, path)
    assert refusal(answer) == (400, "validation_error")
    wanted = {"/parking/entry/": {"vehicle_number", "owner_name", "zone_id"}}
    wanted["/parking/exit-qr-scan/"] = {"qr_code", "payment_method"}
    assert set(answer.json()["errors"]) == wanted.get(path, {"qr_code"})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("vehicle_number", ""),
        ("vehicle_number", "   "),
        ("vehicle_number", "D" * 31),
        ("vehicle_number", "DL\x00011234"),
        ("owner_name", "\x00"),
        ("owner_name", "x" * 101),
        ("zone_id", ""),
        ("zone_id", "A"),
        ("zone_id", "-1"),
        ("zone_id", "1.0"),
        ("zone_id", "9" * 19),
        ("zone_id", "9" * 4000),
        ("zone_id", "{7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21}"),
        ("zone_id", "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6dzz"),
    ],
)
@pytest.mark.parametrize("media", ["urlencoded", "multipart", "json"])
def test_bad_fields_of_a_ticket(browser, zone, field, value, media):
    fields = {**GOOD, "zone_id": str(zone.pk), field: value}
    if media == "urlencoded":
        answer = send(browser, urlencode(fields), URLENCODED)
    else:
        options = {"content_type": "application/json"} if media == "json" else {}
        answer = browser.post("/parking/entry/", fields, **options)
    assert refusal(answer) == (400, "validation_error")
    assert list(answer.json()["errors"]) == [field]
    assert not ParkingSession.objects.exists()


@pytest.mark.parametrize("value", [True, 1, 1.5, None, [], {}, ["DL-01-AB-1234"]])
@pytest.mark.parametrize("field", ["vehicle_number", "owner_name"])
def test_wrong_types_in_json(browser, zone, field, value):
    body = {**GOOD, "zone_id": zone.pk, field: value}
    answer = browser.post("/parking/entry/", body, content_type="application/json")
    assert refusal(answer) == (400, "validation_error")


@pytest.mark.parametrize("value", [True, 1.0, None, [], {}, -1, 2**63, 10**30])
def test_a_zone_of_the_wrong_type(browser, zone, value):
    answer = browser.post("/parking/entry/", {**GOOD, "zone_id": value}, content_type="application/json")
    assert answer.status_code == 400


def test_the_longest_names_are_taken(browser, zone):
    fields = {"vehicle_number": "DL 01 AB 1234       ", "owner_name": "ख" * 100, "zone_id": zone.pk}
    assert browser.post("/parking/entry/", fields).status_code == 200
    assert ParkingSession.objects.get().owner_name == "ख" * 100


def test_no_plate(browser, zone):
    answer = browser.post("/parking/entry/", {**GOOD, "zone_id": zone.pk, "vehicle_number": "no plate"})
    assert (refusal(answer), answer.json()["message"]) == ((400, "vehicle_invalid"), "Check vehicle number")


@pytest.mark.parametrize(
    "body",
    [
        b"qr_code=%FF%FE",
        b"qr_code=\xff",
        b"qr_code=caf\xe9",
        b"qr_code=%ED%A0%80",
        "qr_code=�".encode(),
    ],
)
def test_forms_that_are_not_utf8(browser, body):
    assert refusal(send(browser, body, URLENCODED, "/parking/entry-qr-scan/")) == (400, "validation_error")


@pytest.mark.parametrize("charset", ["latin-1", "utf-16", "base64", "idna", "punycode", "unicode_escape"])
@pytest.mark.parametrize("media", [URLENCODED, "multipart/form-data; boundary=b"])
def test_forms_of_another_charset(browser, charset, media):
    body = b'--b\r\nContent-Disposition: form-data; name="qr_code"\r\n\r\n\xff\xfex\r\n--b--\r\n'
    answer = send(browser, body, f"{media}; charset={charset}", "/parking/entry-qr-scan/")
    assert answer.status_code == 400


PART = b'--b\r\nContent-Disposition: form-data; name="qr_code"'


@pytest.mark.parametrize(
    ("media", "body"),
    [
        ("multipart/form-data", PART),
        ("multipart/form-data; boundary=", PART),
        ("multipart/form-data; boundary=" + "b" * 300, PART),
        ("multipart/form-data; boundary=b", b""),
        ("multipart/form-data; boundary=b", b"--b"),
        ("multipart/form-data; boundary=b", PART),
        ("multipart/form-data; boundary=b", PART + b"\r\n\r\n\x00\r\n--b--"),
        ("multipart/form-data; boundary=b", PART + b"\r\n\r\n\xff\r\n--b--"),
        (
            "multipart/form-data; boundary=b",
            PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n/w==\r\n--b--",
        ),
        (
            "multipart/form-data; boundary=b",
            PART + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--",
        ),
        ("multipart/form-data; boundary=b", PART + b"; filename=x\r\n\r\nQR-0123456789AB\r\n--b--"),
        (
            "multipart/form-data; boundary=b",
            b"--b\r\nContent-Disposition: form-data; name*=nil'en'x\r\n\r\n1\r\n--b--",
        ),
        ("multipart/form-data; boundary=b", b"--b\r\n" + b"A: " + b"a" * 5000 + b"\r\n\r\n1\r\n--b--"),
    ],
)
def test_broken_multipart(browser, media, body):
    assert refusal(send(browser, body, media, "/parking/entry-qr-scan/")) == (400, "validation_error")


def test_too_many_fields(browser, db):
    body = "&".join(f"f{number}=1" for number in range(1100))
    assert refusal(send(browser, body, URLENCODED)) == (400, "bad_request")


@pytest.mark.parametrize("media", ["application/json", URLENCODED, "multipart/form-data; boundary=b"])
def test_bodies_that_are_too_large(browser, media):
    assert refusal(send(browser, b"x" * 2_000_000, media)) == (413, "body_too_large")


def test_of_a_repeated_field_the_last_counts(browser, zone):
    body = urlencode({**GOOD, "zone_id": zone.pk}) + "&owner_name=Ravi+Rao&unknown=1"
    assert send(browser, body, URLENCODED).status_code == 200
    assert ParkingSession.objects.get().owner_name == "Ravi Rao"


@pytest.mark.parametrize("key", ["", "x" * 65, "two words", "ключ"])
@pytest.mark.parametrize("path", POSTS)
def test_malformed_idempotency_keys(browser, zone, path, key):
    body = {**GOOD, "zone_id": zone.pk, "qr_code": "QR-0123456789AB", "payment_method": "CASH"}
    answer = browser.post(path, body, headers={"Idempotency-Key": key})
    assert refusal(answer) == (400, "validation_error")


def test_nonsense_is_not_put_on_record(browser, db):
    send(browser, b"{}", "application/json")
    send(browser, b"", URLENCODED)
    assert not AuditEntry.objects.filter(refused=True).exists()


@pytest.mark.parametrize("path", [*POSTS, "/api/parking/book/"])
@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods(browser, path, method):
    assert getattr(browser, method)(path).status_code == 405


@pytest.mark.parametrize("path", POSTS)
def test_without_its_slash_there_is_nothing(browser, path):
    assert browser.post(path.rstrip("/")).status_code == 404


@pytest.mark.parametrize(
    "ref", ["x", "-1", "1.5", "%00", "%FF", "9" * 30, "Zone%20A", "7d9f2c1e-5b1a-4e0f-9c57-3f3a0a8f6d21"]
)
def test_no_such_zone(browser, db, ref):
    answer = browser.get(f"/parking/zone/{ref}/status/")
    assert (answer.status_code, answer.json()) == (
        404,
        {"success": False, "code": "zone_not_found", "message": "Zone not found"},
    )


BODIES = st.one_of(
    st.binary(max_size=300),
    st.dictionaries(st.sampled_from(["qr_code", "payment_method", "zone_id"]), st.text(max_size=40)).map(
        lambda fields: urlencode(fields, errors="replace").encode()
    ),
    st.binary(max_size=200).map(lambda middle: PART + middle + b"\r\n--b--\r\n"),
)


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=BODIES,
    media=st.sampled_from([URLENCODED, "multipart/form-data; boundary=b", "application/json"]),
    path=st.sampled_from(POSTS),
)
def test_any_bytes_at_all(browser, body, media, path):
    answer = send(browser, body, media, path)
    assert answer.status_code in {400, 404}
    assert answer.json()["success"] is False
