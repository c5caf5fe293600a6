"""What an answer of the guard means to the person who asked, and what to do about it."""

from __future__ import annotations

from stream.review.answers import Answer

UNOPENED = "unopened"
"""Our own refusal of a record whose seal does not open with the reviewer's key; its reasons tell why."""

_DONE = {"release": "released", "reject": "rejected", "expire": "expired", "rewrap": "wrapped anew", "show": "written down"}
_REMEDY = {
    "unreadable": "the guard does not read this request: use the version of the guard",
    "stranger": "the guard did not take the request: is the .pub of the signing key in the guard's reviewers folder, and was it restarted?",
    "forged": "the record is not the one that was held, or was closed to another release key",
    "not_held": "it is decided already, or was never held",
    "not_next": "an earlier record of its sequence, or of the backlog, comes first: `pratique quarantine list` shows it",
    "superseded": "a later record of its sequence was forwarded: reject it, or have a second person sign (--out, then `cosign`)",
    "needs_second": "a second person has to sign: --out, then `pratique quarantine cosign`",
    "may_not_waive": "the policy does not let this person waive that: `pratique quarantine show` tells who may",
    "held_again": "judged again, it is held: `pratique quarantine show` names what holds it",
    "too_early": "its time to be kept is not over",
    UNOPENED: "its seal does not open with this key",
}


def in_a_line(answer: Answer) -> str:
    """`insurer/lis.results/3/1234: released`."""
    if answer.done:
        return f"{answer.address}: {_done(answer)}"
    reasons = f" ({', '.join(answer.reasons)})" if answer.reasons else ""
    refusal = answer.refusal or ""
    return f"{answer.address}: refused, {refusal}{reasons}: {_REMEDY.get(refusal, 'the guard refused')}"


def _done(answer: Answer) -> str:
    if answer.request != "release":
        return _DONE.get(answer.request, answer.request)
    return {"redact": "released, redacted", "drop": "dropped: the policy of now drops it"}.get(answer.verdict, "released")
