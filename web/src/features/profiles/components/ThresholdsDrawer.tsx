import { Button, Drawer, InputNumber } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Chip } from "@/ui/Chip";
import { Guarded } from "@/ui/Guarded";
import { Empty } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import { resetThreshold, setThreshold, type Tag, type Threshold } from "../api";
import { isOverridden, scaleOf, toStored } from "../thresholds";

/** A tag's thresholds: what is in force, the default, who changed it when; set and reset. */
export function ThresholdsDrawer({ tag, onClose }: { tag: Tag; onClose: () => void }) {
  const { t } = useTranslation("profiles");
  return (
    <Drawer
      open
      onClose={onClose}
      size={460}
      title={t("thresholds.title")}
      aria-label={t("thresholds.title")}
    >
      <div className="stack">
        <span className="soft">{t("thresholds.hint")}</span>
        {tag.thresholds.length === 0 && <Empty title={t("thresholds.none")} />}
        {tag.thresholds.map((threshold) => (
          <ThresholdField key={threshold.name} tagId={tag.id} threshold={threshold} />
        ))}
      </div>
    </Drawer>
  );
}

function ThresholdField({ tagId, threshold }: { tagId: string; threshold: Threshold }) {
  const { t } = useTranslation("profiles");
  const { number, dateTime } = useFormat();
  const reason = useReason()("settings.manage");
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const scale = scaleOf(threshold);
  const [draft, setDraft] = useState<number | null>(threshold.value / scale);
  const label = t(`thresholds.names.${threshold.name}`, { defaultValue: threshold.name });
  const shown = (value: number) => number(value / scale, scale === 1 ? 0 : 2);
  const range = t("thresholds.range", { least: shown(threshold.least), most: shown(threshold.most) });
  const stored = toStored(draft, threshold);
  const run = async (work: () => Promise<unknown>) => {
    if (await submit(work, t("thresholds.saved"))) await refresh("/api/tags");
  };
  const save = () => stored !== undefined && run(() => setThreshold(tagId, threshold.name, stored));
  const reset = async () => {
    await run(() => resetThreshold(tagId, threshold.name));
    setDraft(threshold.default / scale);
  };
  const overridden = isOverridden(threshold);
  return (
    <section className="stack tight" aria-label={label}>
      <div className="row between">
        <span className="strong">{label}</span>
        <span className="row" style={{ gap: 6 }}>
          {overridden && <Chip tone="accent">{t("thresholds.overridden")}</Chip>}
          <span className="faint">{t("thresholds.default", { value: shown(threshold.default) })}</span>
        </span>
      </div>
      <div className="row">
        <InputNumber
          aria-label={label}
          value={draft}
          status={stored === undefined ? "error" : ""}
          precision={scale === 1 ? 0 : 2}
          onChange={setDraft}
        />
        <Guarded
          loading={busy}
          reason={reason ?? (stored === undefined ? range : undefined)}
          disabled={stored === threshold.value}
          onClick={save}
        >
          {t("thresholds.set")}
        </Guarded>
        {overridden && !reason && (
          <Button type="link" disabled={busy} onClick={reset}>
            {t("thresholds.reset")}
          </Button>
        )}
      </div>
      {threshold.changes.length > 0 && (
        <ul className="plain-list stack tight faint">
          {threshold.changes.map((change) => (
            <li key={change.at}>
              {t("thresholds.changed", {
                who: change.staff_name ?? t("thresholds.system"),
                time: dateTime(change.at),
                value: change.value == null ? t("thresholds.to_default") : shown(change.value),
              })}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
