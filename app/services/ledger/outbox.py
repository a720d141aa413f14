"""What a write tells web hooks: messages that are stored in the write's own transaction.

A message says what happened and where to look, in both languages. It holds no figure, no account
and none of a reviewer's words, so that it may be shown to a whole chat group.
"""

import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from pydantic import JsonValue
from sqlmodel import Session, col, select

from app.database import look
from app.schemas.hooks.inputs import HookEvent, HookFormat
from app.services.ledger.recording import NewEntry
from app.tables import Area, Decision, Definition, Delivery, Deployment, Hook, Publication, Report
from app.vocabulary import to_instant
from app.words.book import LANGUAGES
from app.words.news import say_news

_HOOKS = (
    sa.select(col(Hook.id), col(Hook.events), col(Hook.areas), col(Hook.format))
    .where(col(Hook.plan) == sa.bindparam("plan"))
    .order_by(col(Hook.created_at), col(Hook.id))
)
_DECIDED = (
    *(col(Report.id), col(Report.area), col(Report.period)),
    *(col(Decision.status), col(Decision.reason_code)),
)
_DECISIONS = {"approved": HookEvent.APPROVED, "returned": HookEvent.RETURNED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A hook, as far as messages are made for it; no ``areas`` means all."""

    id: str
    events: frozenset[str]
    areas: frozenset[str]
    format: HookFormat


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something to tell. ``subject``: what it is about, which a hook is told of once."""

    event: HookEvent
    subject: str
    facts: Mapping[str, JsonValue]
    # The sentence of the book, where it is not that of the event.
    sentence: str | None = None

    def is_for(self, hook: Listening) -> bool:
        """Whether a hook wants it; what is about no area is for all."""
        area = self.facts.get("area")
        is_near = area is None or not hook.areas or area in hook.areas
        return self.event in hook.events and is_near


def load_listening(session: Session, plan: str) -> list[Listening]:
    """The hooks of a plan, the oldest first."""
    found = look(session).execute(_HOOKS, {"plan": plan})
    return [
        Listening(
            id=code,
            events=frozenset(events.split()),
            areas=frozenset(areas.split()),
            format=HookFormat(form),
        )
        for code, events, areas, form in found
    ]


def tell_hooks(
    session: Session,
    hooks: Sequence[Listening],
    entry: NewEntry,
    content: Mapping[str, JsonValue],
) -> None:
    """Leave messages for hooks of what an entry did, once its rows are stored."""
    if hooks:
        news = [*_news_of(session, entry, content)]
        leave_messages(session, entry.plan, hooks, news, now=entry.recorded_at)


def leave_messages(
    session: Session,
    plan: str,
    hooks: Sequence[Listening],
    news: Collection[News],
    *,
    now: datetime,
) -> None:
    """Store the messages that are new to each hook; the plan is locked, so none comes between."""
    if not any(each.is_for(hook) for hook in hooks for each in news):
        return
    names, connection = _Names(session, plan), session.connection()
    for hook in hooks:
        known = select(Delivery.event, Delivery.subject).where(Delivery.hook_id == hook.id)
        subjects = {each.subject for each in news}
        told = set(session.exec(known.where(col(Delivery.subject).in_(subjects))))
        last = select(sa.func.max(Delivery.position)).where(Delivery.hook_id == hook.id)
        position = session.exec(last).one() or 0
        new = [e for e in news if e.is_for(hook) and (e.event, e.subject) not in told]
        rows = [
            {
                "hook_id": hook.id,
                "position": position + place,
                "message_id": f"msg_{secrets.token_hex(12)}",
                "event": each.event,
                "subject": each.subject,
                "body": _write(hook.format, plan, each, names, now),
                "created_at": now,
                "status": "pending",
                "attempts": 0,
            }
            for place, each in enumerate(new, start=1)
        ]
        if rows:
            connection.execute(sa.insert(Delivery), rows)


def _news_of(session: Session, entry: NewEntry, content: Mapping[str, JsonValue]) -> Iterator[News]:
    query = (
        sa.select(*_DECIDED)
        .select_from(Decision)
        .join(
            Report,
            sa.and_(
                col(Report.plan) == col(Decision.plan), col(Report.id) == col(Decision.report_id)
            ),
        )
        .where(col(Decision.plan) == entry.plan, col(Decision.revision) == entry.revision)
        .where(col(Decision.status).in_(_DECISIONS))
        .order_by(col(Report.area), col(Report.period), col(Report.id))
    )
    for report, area, period, status, reason in session.connection().execute(query):
        facts: dict[str, JsonValue] = {"area": area, "period": period, "report": report}
        facts |= {"revision": entry.revision} | ({"reason_code": reason} if reason else {})
        yield News(event=_DECISIONS[status], subject=report, facts=facts)
    restated = content.get("restatement")
    if isinstance(restated, dict):
        counts = {name: len(_list(restated[name])) for name in ("figures", "ratings")}
        facts = {"revision": entry.revision, **counts, "publications": restated["publications"]}
        yield News(event=HookEvent.RESTATED, subject=f"revision {entry.revision}", facts=facts)
    published = select(Publication.name, Publication.frozen_revision).where(
        Publication.plan == entry.plan, Publication.revision == entry.revision
    )
    for name, frozen in session.exec(published):
        facts = {"name": name, "revision": frozen}
        yield News(event=HookEvent.PUBLISHED, subject=name, facts=facts)


def _list(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


class _Names:
    """What a plan and its areas are called, in both languages."""

    def __init__(self, session: Session, plan: str) -> None:
        newest = select(Definition.document).where(Definition.plan == plan)
        document = session.exec(newest.order_by(col(Definition.revision).desc()).limit(1)).one()
        self._title = json.loads(document)["plan"]
        areas = session.exec(select(Area.code, Area.name_en, Area.name_zh).where(Area.plan == plan))
        # A demonstration is marked as such in its database.
        self.is_simulated = session.get(Deployment, "demo") is not None
        self._areas = {code: {"en": english, "zh": chinese} for code, english, chinese in areas}

    def of(self, news: News, language: str) -> dict[str, str]:
        found = {"plan": str(self._title[f"title_{language}"])}
        area = news.facts.get("area")
        return found if area is None else {**found, "area": self._areas[str(area)][language]}


def _write(form: HookFormat, plan: str, news: News, names: _Names, now: datetime) -> str:
    """The body of a message, in the JSON of its receiver. Robots take the Chinese text."""
    text = {
        language: say_news(
            news.sentence or news.event,
            news.facts,
            names.of(news, language),
            language,
            is_simulated=names.is_simulated,
        )
        for language in LANGUAGES
    }
    bodies: dict[HookFormat, dict[str, JsonValue]] = {
        HookFormat.WECOM: {"msgtype": "text", "text": {"content": text["zh"]}},
        HookFormat.DINGTALK: {"msgtype": "text", "text": {"content": text["zh"]}},
        HookFormat.FEISHU: {"msg_type": "text", "content": {"text": text["zh"]}},
        HookFormat.STANDARD: {
            "type": news.event,
            "timestamp": to_instant(now),
            "data": {"plan": plan, **news.facts},
            "text": {**text},
            **({"demo": True} if names.is_simulated else {}),
        },
    }
    return json.dumps(bodies[form], ensure_ascii=False, separators=(",", ":"))
