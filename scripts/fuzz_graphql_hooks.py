"""Tells Schemathesis about the API: its scalars, and the text that no answer may show."""

import re

import schemathesis
from hypothesis import strategies as st
from schemathesis.graphql import nodes

TIMES = st.datetimes().map(lambda time: time.isoformat() + "Z") | st.text(max_size=30)
NUMBERS = st.integers(-(2**63), 2**63) | st.floats(allow_nan=False, allow_infinity=False)

schemathesis.graphql.scalar("Time", TIMES.map(nodes.String))
schemathesis.graphql.scalar("Duration", NUMBERS.map(lambda number: nodes.Float(float(number))))
schemathesis.graphql.scalar("SafeInt", st.integers().map(nodes.Int))
schemathesis.graphql.scalar("Cursor", st.text(max_size=100).map(nodes.String))

INTERNALS = re.compile(
    r"node_modules|\.[jt]s:\d|\bat (async )?[\w.<>]+ \(|SQLITE|libsql|mercurius|FST_|MER_|\[object |"
    r"\"stack\"|did you mean|something failed that should not",
    re.IGNORECASE,
)


@schemathesis.check
def shows_nothing_of_its_inside(ctx, response, case):
    # A message quotes what was sent: only words that the server adds count.
    found = INTERNALS.search(response.text)
    sent = case.body if isinstance(case.body, str) else str(case.body)
    assert found is None or found.group() in sent, f"an answer shows {found.group()}"


@schemathesis.check
def does_not_fail(ctx, response, case):
    # A code that blames the client is an answer: a thing that is not there is NOT_FOUND.
    assert response.status_code < 500, f"status {response.status_code}"
    errors = response.json().get("errors") or []
    codes = [error.get("extensions", {}).get("code") for error in errors]
    assert not {None, "INTERNAL"} & set(codes), f"codes {codes}"
