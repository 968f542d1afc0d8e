"""Nested rules as the product takes them, and the same questions in SQL: ten kinds, ten each with other numbers.

`questions.py DIR` writes rules.tsv (name, rule); `questions(now)` gives (name, SQL) for the peers.
"""

import json
import sys

DAY = 86_400_000_000
LINES = ["洁牙", "补牙", "儿牙", "牙周", "拔牙", "修复", "正畸", "种植"]


class Sql:
    """Conditions on `person`, as of an instant."""

    def __init__(self, now):
        self.now = now

    def events(self, kind, days=None, where="", having=""):
        since = f" AND at_us >= {self.now - days * DAY}" if days else ""
        group = f" GROUP BY person HAVING {having}" if having else ""
        return f"person IN (SELECT person FROM events WHERE kind = '{kind}'{since}{where}{group})"

    def tag(self, tag, values):
        listed = ", ".join(f"'{value}'" for value in values)
        return f"person IN (SELECT person FROM tags WHERE tag = '{tag}' AND value IN ({listed}))"

    def last_before(self, kind, days):
        return self.events(kind, having=f"max(at_us) < {self.now - days * DAY}")

    def last_after(self, kind, days):
        return self.events(kind, having=f"max(at_us) >= {self.now - days * DAY}")

    def pairs(self, first, days, second, within):
        since = self.now - days * DAY
        return (
            f"(SELECT a.person AS person, a.at_us AS at_us FROM events a JOIN events b ON a.person = b.person WHERE a.kind = '{first}'"
            f" AND b.kind = '{second}' AND a.at_us >= {since} AND b.at_us >= {since} AND b.at_us >= a.at_us AND b.at_us - a.at_us <= {within * DAY})"
        )

    def followed(self, first, days, second, within):
        pairs = self.pairs(first, days, second, within)
        return f"person IN (SELECT person FROM {pairs} q)"

    def not_followed(self, first, days, second, within):
        since, over = self.now - days * DAY, self.now - within * DAY - 1
        pairs = self.pairs(first, days, second, within)
        return (
            f"person IN (SELECT person FROM events WHERE kind = '{first}' AND at_us >= {since} AND at_us <= {over}"
            f" AND (person, at_us) NOT IN (SELECT person, at_us FROM {pairs} q))"
        )

    def longest_gap(self, kind, days):
        inner = f"SELECT person, at_us - lag(at_us) OVER (PARTITION BY person ORDER BY at_us) AS gap FROM events WHERE kind = '{kind}'"
        # ClickHouse's lag gives 0 before the first row, where the others give nothing; the gap is then the instant itself.
        return f"person IN (SELECT person FROM ({inner}) q WHERE gap < 1000000000000000 AND gap >= {days * DAY})"


def event(kind, days=None, **more):
    rule = {"event": kind, **more}
    if days:
        rule["within"] = f"{days}d"
    return rule


def second(kind, days):
    return {"event": kind, "within": f"{days}d"}


def no(rule):
    return {"not": rule}


def loyal_and_gone(sql, k):
    days, away, times = 365 + 30 * k, 60 + 12 * k, 2 + k % 3
    rule = {"all": [event("payment.received", days, count={"gte": times}), event("visit.closed", last={"before": f"{away}d"})]}
    paid = sql.events("payment.received", days, having=f"count(*) >= {times}")
    return rule, f"{paid} AND {sql.last_before('visit.closed', away)}"


def big_spenders(sql, k):
    days, least, lines = 300 + 40 * k, 2_000 + 1_500 * k, [LINES[-1 - k % 3], LINES[-2 - k % 3]]
    spent = event(
        "payment.received", days, where={"line": {"in": lines}}, sum={"field": "amount", "gte": f"{least}.00"}
    )
    rule = {"any": [spent, {"all": [{"tag": "val.abc", "in": ["A"]}, event("visit.closed", 90)]}]}
    listed = ", ".join(f"'{line}'" for line in lines)
    paid = sql.events("payment.received", days, f" AND line IN ({listed})", f"sum(amount) >= {least * 100}")
    return rule, f"({paid} OR ({sql.tag('val.abc', ['A'])} AND {sql.events('visit.closed', 90)}))"


def undecided(sql, k):
    days, within = 60 + 10 * k, 7 + 2 * k
    rule = event("plan.presented", days, not_followed_by=second("payment.received", within))
    rule = {"all": [rule, no({"tag": "eng.activity", "in": ["none"]})]}
    alone = sql.not_followed("plan.presented", days, "payment.received", within)
    return rule, f"{alone} AND NOT {sql.tag('eng.activity', ['none'])}"


def came_back(sql, k):
    days, within = 120 + 30 * k, 10 + 5 * k
    rule = event("appt.no_show", days, followed_by=second("appt.booked", within))
    rule = {"all": [rule, no({"tag": "visit.recency", "in": [">365"]})]}
    again = sql.followed("appt.no_show", days, "appt.booked", within)
    return rule, f"{again} AND NOT {sql.tag('visit.recency', ['>365'])}"


def many_lines(sql, k):
    days, least = 200 + 60 * k, 2 + k % 3
    rule = event("visit.closed", days, distinct={"field": "line", "gte": least})
    rule = {"all": [rule, {"tag": "eng.activity", "in": ["H", "M"]}]}
    visits = sql.events("visit.closed", days, having=f"count(DISTINCT line) >= {least}")
    return rule, f"{visits} AND {sql.tag('eng.activity', ['H', 'M'])}"


def deaf(sql, k):
    days, least = 60 + 15 * k, 2 + k % 4
    rule = {
        "all": [
            event("touch.sent", days, count={"gte": least}),
            no(event("touch.opened", days)),
            no({"tag": "visit.undecided", "is": True}),
        ]
    }
    sent = sql.events("touch.sent", days, having=f"count(*) >= {least}")
    return rule, f"{sent} AND NOT {sql.events('touch.opened', days)} AND NOT {sql.tag('visit.undecided', ['true'])}"


def leaking(sql, k):
    days = 45 + 15 * k
    talked = {"all": [event("consult.opened", days), no(event("payment.received", days))]}
    planned = {"all": [event("plan.presented", days), no(event("plan.accepted", days))]}
    one = f"({sql.events('consult.opened', days)} AND NOT {sql.events('payment.received', days)})"
    two = f"({sql.events('plan.presented', days)} AND NOT {sql.events('plan.accepted', days)})"
    return {"any": [talked, planned]}, f"({one} OR {two})"


def long_pause(sql, k):
    gap, lately = 120 + 20 * k, 60 + 10 * k
    rule = {
        "all": [
            event("visit.closed", gaps={"which": "longest", "gte": f"{gap}d"}),
            event("payment.received", last={"after": f"{lately}d"}),
        ]
    }
    return rule, f"{sql.longest_gap('visit.closed', gap)} AND {sql.last_after('payment.received', lately)}"


def coupons(sql, k):
    days, within = 180 + 30 * k, 14 + 4 * k
    rule = event("coupon.issued", days, followed_by=second("visit.closed", within))
    ages = ["26-35", "36-45"] if k % 2 else ["46-60", "60+"]
    rule = {"all": [rule, {"tag": "attr.gender", "in": ["female"]}, {"tag": "attr.age_band", "in": ages}]}
    used = sql.followed("coupon.issued", days, "visit.closed", within)
    return rule, f"{used} AND {sql.tag('attr.gender', ['female'])} AND {sql.tag('attr.age_band', ages)}"


def readers(sql, k):
    days, least = 365 + 60 * k, 1 + k % 3
    rule = {
        "all": [
            event("lead.created", days),
            no(event("visit.closed")),
            event("content.viewed", 180, count={"gte": least}),
        ]
    }
    read = sql.events("content.viewed", 180, having=f"count(*) >= {least}")
    return rule, f"{sql.events('lead.created', days)} AND NOT {sql.events('visit.closed')} AND {read}"


KINDS = [
    loyal_and_gone, big_spenders, undecided, came_back, many_lines, deaf, leaking, long_pause, coupons, readers,
]


def questions(now):
    sql = Sql(now)
    for k in range(10):
        for kind in KINDS:
            rule, condition = kind(sql, k)
            yield f"{kind.__name__}-{k}", rule, f"SELECT count(*) FROM people WHERE {condition}"


if __name__ == "__main__":
    with open(f"{sys.argv[1]}/rules.tsv", "w", encoding="utf-8") as out:
        for name, rule, _ in questions(0):
            out.write(f"{name}\t{json.dumps(rule, ensure_ascii=False)}\n")
