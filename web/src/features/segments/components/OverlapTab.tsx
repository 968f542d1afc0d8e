import { Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useUrlState } from "@/lib/navigation";
import { useFormat } from "@/lib/useFormat";
import { Empty, Loaded } from "@/ui/states";
import type { Segment } from "../api";
import { useSegments } from "../api";
import { type Overlap, type Region, useOverlap } from "../listApi";
import { RegionDrawer } from "./RegionDrawer";

const MOST = 6;

/** Which members this segment shares with others. The others stand in the address. */
export function OverlapTab({ segment }: { segment: Segment }) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const [{ with: others }, set] = useUrlState({ with: "" });
  const chosen = others
    .split(",")
    .filter(Boolean)
    .slice(0, MOST - 1);
  const options = (useSegments(false).data?.items ?? []).filter(({ id }) => id !== segment.id);
  const overlap = useOverlap([segment.id, ...chosen]);
  return (
    <div className="stack" style={{ padding: 16 }}>
      <Select
        mode="multiple"
        showSearch
        maxCount={MOST - 1}
        optionFilterProp="label"
        aria-label={t("lists.compare_with")}
        placeholder={t("lists.compare_with")}
        value={chosen}
        options={options.map((one) => ({ value: one.id, label: pick(one.name, one.name_en) }))}
        onChange={(value) => set({ with: value.join(",") })}
      />
      {chosen.length === 0 ? (
        <Empty title={t("lists.compare_empty")} hint={t("lists.compare_hint")} />
      ) : (
        <Loaded query={overlap}>{(data) => <Regions overlap={data} />}</Loaded>
      )}
    </div>
  );
}

const letter = (index: number) => String.fromCharCode(65 + index);

/** Every combination as a row: which segments, how many people. The people stand behind the row. */
function Regions({ overlap }: { overlap: Overlap }) {
  const { t } = useTranslation("segments");
  const { number, pick, list, percent } = useFormat();
  const [open, setOpen] = useState<Region>();
  const most = Math.max(1, ...overlap.regions.map(({ count }) => count));
  const { segments, regions } = overlap;
  const name = (one: Segment) => pick(one.name, one.name_en);
  const said = (region: Region) => list(segments.filter(({ id }) => region.inside.includes(id)).map(name));
  if (regions.length === 0) return <Empty title={t("lists.overlap_nobody")} />;
  return (
    <div className="stack">
      <ul className="plain-list upset-sets" aria-label={t("lists.compared")}>
        {segments.map((one, index) => (
          <li key={one.id}>
            <span className="letter">{letter(index)}</span>
            <span className="grow">{name(one)}</span>
            <span className="num">{number(one.count)}</span>
          </li>
        ))}
      </ul>
      <ul className="plain-list upset" aria-label={t("lists.combinations")}>
        {regions.map((region) => (
          <li key={region.inside.join()}>
            <button type="button" onClick={() => setOpen(region)}>
              <span className="visually-hidden">{t("lists.region_title", { names: said(region) })}</span>
              <span className="dots" aria-hidden>
                {segments.map(({ id }, index) => (
                  <i key={id} className={region.inside.includes(id) ? "in" : ""}>
                    {letter(index)}
                  </i>
                ))}
              </span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${(100 * region.count) / most}%` }} />
              </span>
              <span className="num">{number(region.count)}</span>
              <span className="num faint">{percent(region.count / overlap.people)}</span>
            </button>
          </li>
        ))}
      </ul>
      <span className="faint">{t("lists.overlap_note", { formatted: number(overlap.people) })}</span>
      {open && (
        <RegionDrawer
          title={said(open)}
          inside={open.inside}
          outside={segments.map(({ id }) => id).filter((id) => !open.inside.includes(id))}
          count={open.count}
          onClose={() => setOpen(undefined)}
        />
      )}
    </div>
  );
}
