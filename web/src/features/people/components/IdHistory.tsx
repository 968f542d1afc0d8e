import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useStaffOptions } from "@/lib/lookups";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { idsOf, makerOf } from "../idHistory";

type Identity = Schemas["IdentityView"];
type Move = Identity["history"][number];

/** Moves shown before somebody asks for all of them. */
const FIRST = 5;

/** What became of the person's ids: which were merged, which were parted, when, and who or what made it so. */
export function IdHistory({ identity }: { identity: Identity }) {
  const { t } = useTranslation("people");
  const [all, showAll] = useState(false);
  const here = idsOf(identity.records);
  const { history } = identity;
  if (history.length === 0) return <span className="soft">{t("ids.none")}</span>;
  return (
    <>
      <ul className="plain-list">
        {(all ? history : history.slice(0, FIRST)).map((move) => (
          <MoveLine key={move.event_id} move={move} here={here} />
        ))}
      </ul>
      {!all && history.length > FIRST && (
        <Button type="link" size="small" onClick={() => showAll(true)}>
          {t("ids.all", { count: history.length })}
        </Button>
      )}
    </>
  );
}

function MoveLine({ move, here }: { move: Move; here: ReadonlySet<string> }) {
  const { t } = useTranslation("people");
  const { dateTime, pick } = useFormat();
  const staff = new Map(useStaffOptions().map(({ value, label }) => [value, label]));
  const maker = makerOf(move);
  const made =
    maker.by === "rule"
      ? [t("identity.automatic"), maker.reason && pick(maker.reason.reason_zh, maker.reason.reason_en)]
      : [(maker.staff && staff.get(maker.staff)) ?? t(`ids.by_${maker.by}`)];
  return (
    <li className="story-line">
      <span>
        <PersonNumber id={move.other_id} here={here} />{" "}
        <span className="strong">{t(move.kind === "person.merged" ? "ids.merged" : "ids.parted")}</span>{" "}
        <PersonNumber id={move.person_id} here={here} />{" "}
        <span className="faint">
          {[t("records_count", { count: move.records }), ...made].filter(Boolean).join(" · ")} ·{" "}
          <span className="num">{dateTime(move.at)}</span>
        </span>
      </span>
    </li>
  );
}

/** An id in full, for other systems may know the person by it; one that leads elsewhere is a link. */
function PersonNumber({ id, here }: { id: string; here: ReadonlySet<string> }) {
  const number = <code style={{ overflowWrap: "anywhere" }}>{id}</code>;
  return here.has(id) ? number : <Link href={paths.person(id)}>{number}</Link>;
}
