"""Beside 200,000 old stays no page and no list call reads a whole table that grows with them."""

import pytest

from bench import bigdata, children
from tests.postgres import running_postgres

# Indexes lose against reading all where so much of a table is wanted.
MAY_READ_ALL = {
    # Nine in ten sessions are completed.
    "/office/sessions/?state=COMPLETED": {"stays_parkingsession"},
    "/api/admin/all-sessions/?status=COMPLETED": {"stays_parkingsession"},
    # A name that thousands of drivers have.
    "/office/sessions/?q=Kulkarni": {"stays_parkingsession"},
    # A payment knows its site by its bill: that of one among forty sites, or its day where sites have several zones of
    # time.
    "/office/payments/?site={site}": {"payments_payment"},
    "/office/payments/?from={first}&to={last}": {"payments_bill"},
    "/api/admin/payments/?start_date={first}&end_date={last}": {"payments_bill"},
}
MOST_STATEMENTS = {
    "/office/": 41,
    # One of them for the refunds, on days with one among the rows shown: which day it is depends on today.
    "/office/payments/?at={half}": 25,
    "/api/admin/dashboard/": 23,
    "/office/sessions/{session}/": 23,
}
USUALLY = 22


@pytest.mark.pages
def test_no_big_table_is_read_whole_and_statements_stay_few() -> None:
    with running_postgres() as server:
        url = bigdata.fill(server, "plans", 200_000)
        visits = children.ask("bench.inside", "bigdata_plans", database_url=url, given={})
    assert len(visits) > 90
    assert [visit["address"] for visit in visits if visit["status"] not in {200, 302}] == []
    scanned = {
        visit["address"]: sorted({scan["table"] for scan in visit["scans"]} - MAY_READ_ALL.get(visit["address"], set()))
        for visit in visits
    }
    assert {address: tables for address, tables in scanned.items() if tables} == {}
    many = {
        visit["address"]: visit["statements"]
        for visit in visits
        if visit["statements"] > MOST_STATEMENTS.get(visit["address"], USUALLY)
    }
    assert many == {}
