"""Eighteen of the library's tags in SQL, with the definitions of catalog/tags/*.toml and the numbers in force there.

Each statement gives (person, value). Reasons, the instants until which values hold, and the library's other tags are not asked.
"""

DAY = 86_400_000_000


def bands(number, edges, top):
    cases = " ".join(f"WHEN {number} < {below} THEN '{name}'" for below, name in edges)
    return f"CASE {cases} ELSE '{top}' END"


def statements(now, local_day, divide):
    """`local_day(at)` is the day in China, `divide(a, b)` division of whole numbers, as the engine writes them."""

    def since(days):
        return now - days * DAY

    def flag(kind, days, having, where=""):
        window = f" AND at_us >= {since(days)}" if days else ""
        return f"SELECT person, 'true' FROM events WHERE kind = '{kind}'{window}{where} GROUP BY person HAVING {having}"

    visits = "SELECT person, count(*) AS n FROM events WHERE kind = 'visit.closed' GROUP BY person"
    visits = f"SELECT p.person AS person, coalesce(v.n, 0) AS n FROM people p LEFT JOIN ({visits}) v ON v.person = p.person"
    band = bands("n", [(1, "0"), (2, "1"), (4, "2-3"), (10, "4-9")], "10+")
    yield "visit.count_band", f"SELECT person, {band} FROM ({visits}) q"

    last = "SELECT person, max(at_us) AS last FROM events WHERE kind = 'visit.closed' GROUP BY person"
    edges = [(30 * DAY, "<=30"), (90 * DAY, "31-90"), (180 * DAY, "91-180"), (365 * DAY, "181-365")]
    yield "visit.recency", f"SELECT person, {bands(f'({now} - last)', edges, '>365')} FROM ({last}) q"

    numbered = (
        "SELECT person, clinic, at_us, row_number() OVER (PARTITION BY person ORDER BY at_us {way}) AS place FROM events"
        " WHERE kind = 'visit.closed'"
    )
    yield "visit.first_store", f"SELECT person, clinic FROM ({numbered.format(way='ASC')}) q WHERE place = 1"
    latest = f"SELECT person, clinic, count(*) AS n, max(at_us) AS last FROM ({numbered.format(way='DESC')}) q WHERE place <= 5 GROUP BY person, clinic"
    ranked = f"SELECT person, clinic, row_number() OVER (PARTITION BY person ORDER BY n DESC, last DESC) AS place FROM ({latest}) r"
    yield "visit.home_store", f"SELECT person, clinic FROM ({ranked}) s WHERE place = 1"
    yield "visit.cross_store", flag("visit.closed", 365, "count(DISTINCT clinic) >= 2")
    yield "visit.multi_dept", flag("visit.closed", 365, "count(DISTINCT line) >= 2")
    recent = f"sum(CASE WHEN at_us >= {since(180)} THEN 1 ELSE 0 END)"
    yield "visit.no_show_prone", flag("appt.no_show", None, f"count(*) >= 3 OR {recent} >= 2")
    yield (
        "visit.high_ticket",
        "SELECT DISTINCT person, 'true' FROM events WHERE kind IN ('order.created', 'payment.received') AND amount >= 1000000",
    )
    answered = "SELECT person, number FROM events WHERE kind IN ('plan.accepted', 'plan.declined', 'plan.completed')"
    yield (
        "visit.undecided",
        f"SELECT DISTINCT person, 'true' FROM events WHERE kind = 'plan.presented' AND at_us >= {since(90)}"
        f" AND (person, number) NOT IN ({answered})",
    )
    yield "life.new_30d", flag("payment.received", None, f"min(at_us) > {since(30)}")

    days = f"count(DISTINCT {local_day('at_us')})"
    yield "val.second_purchase", flag("payment.received", None, f"{days} >= 2")
    mean = f"SELECT person, {divide('sum(amount)', days)} AS mean FROM events WHERE kind = 'payment.received' GROUP BY person"
    edges = [(30_000, "<300"), (100_000, "300-1000"), (300_000, "1000-3000"), (1_000_000, "3000-10000")]
    yield "val.ticket_band", f"SELECT person, {bands('mean', edges, '10000+')} FROM ({mean}) q"
    total = "SELECT person, sum(amount) AS total FROM events WHERE kind = 'revenue.recognised' GROUP BY person"
    edges = [(50_000, "<500"), (200_000, "500-2000"), (1_000_000, "2000-10000"), (5_000_000, "10000-50000")]
    yield "val.ltv_band", f"SELECT person, {bands('total', edges, '50000+')} FROM ({total}) q"
    yield "val.category_mix", "SELECT DISTINCT person, line FROM events WHERE kind = 'payment.received'"
    yield "val.refund_history", flag("refund.paid", 365, "count(*) >= 1")
    yield "val.abc", abc(since(365), days, local_day)

    worth = "sum(CASE kind WHEN 'touch.replied' THEN 3 WHEN 'touch.clicked' THEN 2 ELSE 1 END)"
    kinds = "('touch.replied', 'touch.clicked', 'touch.opened', 'content.viewed', 'page.viewed')"
    points = f"SELECT person, {worth} AS n FROM events WHERE kind IN {kinds} AND at_us >= {since(30)} GROUP BY person"
    points = f"SELECT p.person AS person, coalesce(v.n, 0) AS n FROM people p LEFT JOIN ({points}) v ON v.person = p.person"
    yield "eng.activity", f"SELECT person, {bands('n', [(1, 'none'), (3, 'L'), (6, 'M')], 'H')} FROM ({points}) q"
    reacted = f"SELECT person FROM events WHERE kind IN ('touch.opened', 'touch.clicked', 'touch.replied') AND at_us > {since(90)}"
    yield "eng.silent", flag("touch.sent", 90, "count(*) >= 5", f" AND person NOT IN ({reacted})")


def abc(since, days, local_day):
    """Breadth, the largest payment and paid days of a year, each worth up to two points."""
    kinds = "('payment.received', 'order.created', 'visit.closed')"
    breadth = f"SELECT person, count(DISTINCT line) AS lines FROM events WHERE kind IN {kinds} GROUP BY person"
    often = f"count(DISTINCT CASE WHEN at_us >= {since} THEN {local_day('at_us')} END)"
    paid = f"SELECT person, max(amount) AS most, {often} AS days FROM events WHERE kind = 'payment.received' GROUP BY person"

    def points(number, one, two):
        return f"(CASE WHEN {number} >= {two} THEN 2 WHEN {number} >= {one} THEN 1 ELSE 0 END)"

    total = f"{points('b.lines', 2, 4)} + {points('q.most', 300000, 1000000)} + {points('q.days', 2, 4)}"
    joined = f"SELECT q.person AS person, {total} AS total FROM ({paid}) q JOIN ({breadth}) b ON b.person = q.person"
    return f"SELECT person, CASE WHEN total >= 5 THEN 'A' WHEN total >= 3 THEN 'B' ELSE 'C' END FROM ({joined}) r"
