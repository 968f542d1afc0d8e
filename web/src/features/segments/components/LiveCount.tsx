import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { problemMessage } from "@/lib/problem";
import { useFormat } from "@/lib/useFormat";
import { Panel } from "@/ui/Page";
import { usePreview } from "../api";
import { type Group, isComplete, renderRule } from "../rule";
import { type Names, sentenceOf } from "../sentence";

const PAUSE_MS = 300;

/** What the rule says in words, and how many people it chooses as it is being written. */
export function LiveCount({ rule, names }: { rule: Group; names: Names }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const complete = isComplete(rule);
  const json = JSON.stringify(renderRule(rule));
  const [asked, setAsked] = useState(json);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(json), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [json]);
  const preview = usePreview(JSON.parse(asked), complete && asked === json);
  return (
    <Panel title={t("live")}>
      <div className="stack tight" aria-live="polite">
        {!complete ? (
          <span className="soft">{t("live_wait")}</span>
        ) : preview.error ? (
          <span style={{ color: "var(--bad)" }}>
            {t("live_failed")}: {problemMessage(preview.error, t)}
          </span>
        ) : preview.data ? (
          <div data-testid="live-count" data-settled={asked === json && !preview.isFetching}>
            <span className="live-number num">{number(preview.data.count)}</span>{" "}
            <span className="faint">{t("live_took", { ms: number(preview.data.took_ms, 1) })}</span>
          </div>
        ) : (
          <span className="soft" aria-busy="true">
            {t("common:state.loading")}
          </span>
        )}
        <div>
          <span className="faint">{t("summary")}</span>
          <div>{sentenceOf(rule, names, t)}</div>
        </div>
        {complete && preview.data && preview.data.warnings.length > 0 && (
          <ul className="plain-list" style={{ color: "var(--warn)" }}>
            {preview.data.warnings.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        )}
        {complete && preview.data && preview.data.sample.length > 0 && (
          <div>
            <span className="faint">{t("sample")}</span>
            <ul className="plain-list">
              {preview.data.sample.slice(0, 8).map((one) => (
                <li key={one.id} className="row between">
                  <span>{one.name || t("common:unnamed")}</span>
                  <span className="num soft">{one.phone}</span>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </Panel>
  );
}
