import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useFormat } from "@/lib/useFormat";
import { Empty, Loaded } from "@/ui/states";
import { type Composition, useComposition } from "../listApi";

const MOST = 8;

/** What the members are like, beside everybody: who they are, where, at which stage, and what they are worth. */
export function CompositionTab({ id }: { id: string }) {
  const { t } = useTranslation("segments");
  return (
    <div style={{ padding: 16 }}>
      <Loaded query={useComposition(id)}>
        {(data) =>
          data.tags.length === 0 ? (
            <Empty title={t("lists.composition_empty")} hint={t("lists.composition_empty_hint")} />
          ) : (
            <div className="stack">
              <span className="soft">{t("lists.composition_hint")}</span>
              <div className="composition">
                {data.tags.map((tag) => (
                  <Shares key={tag.tag} tag={tag} found={data} />
                ))}
              </div>
            </div>
          )
        }
      </Loaded>
    </div>
  );
}

function Shares({ tag, found }: { tag: Composition["tags"][number]; found: Composition }) {
  const { t } = useTranslation("segments");
  const { pick, percent, number } = useFormat();
  const name = pick(tag.name_zh, tag.name_en);
  const rest = tag.values.length - MOST;
  return (
    <section aria-label={name}>
      <h2 className="sub-head">
        <Link href={paths.tag(tag.tag)}>{name}</Link>
      </h2>
      <ul className="plain-list">
        {tag.values.slice(0, MOST).map(({ value, label_zh, label_en, members, people }) => {
          const [own, all] = [members / found.members, people / found.people];
          return (
            <li key={value} className="share" title={t("lists.share_all", { percent: percent(all) })}>
              <span>{pick(label_zh, label_en) || value}</span>
              <span className="bar" aria-hidden>
                <i style={{ width: `${100 * own}%` }} />
                <b style={{ insetInlineStart: `${100 * all}%` }} />
              </span>
              <span className="num">{percent(own)}</span>
              <span className="num faint">{number(members)}</span>
            </li>
          );
        })}
      </ul>
      {rest > 0 && <span className="faint">{t("lists.more_values", { count: rest })}</span>}
    </section>
  );
}
