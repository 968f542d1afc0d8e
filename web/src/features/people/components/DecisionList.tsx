import { App } from "antd";
import { useTranslation } from "react-i18next";
import type { Schemas } from "@/lib/api";
import { useStaffOptions } from "@/lib/lookups";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { useConfirm } from "@/ui/useConfirm";
import { useSubmit } from "@/ui/useSubmit";
import { type Stroke, strokesOf } from "../decisions";
import { restore, withdraw } from "../reviewApi";

/** What people decided about a person's records; each decision can be taken back, and hold again. */
export function DecisionList({ decisions }: { decisions: Schemas["DecisionView"][] }) {
  const { t } = useTranslation("people");
  const { dateTime } = useFormat();
  const staff = new Map(useStaffOptions().map(({ value, label }) => [value, label]));
  const closed = useReason()("people.merge");
  const takeBack = useTakeBack();
  const { restoring, bringBack } = useBringBack();
  const strokes = strokesOf(decisions);
  if (strokes.length === 0) return <span className="soft">{t("identity.no_history")}</span>;
  return (
    <ul className="plain-list">
      {strokes.map(({ first, held, lapsed }) => (
        <li key={first.id} className="story-line">
          <span>
            <span className="strong">
              {t(`identity.decision_${first.kind}`, { defaultValue: first.kind })}
            </span>{" "}
            {first.reason}{" "}
            <span className="faint">
              {staff.get(first.actor) ?? t("identity.automatic")} ·{" "}
              <span className="num">{dateTime(first.created_at)}</span>
              {held.length === 0 && ` · ${t("identity.withdrawn")}`}
            </span>
          </span>
          {held.length > 0 && (
            <Guarded
              type="link"
              size="small"
              reason={closed}
              aria-label={t("review.withdraw_of", { reason: first.reason })}
              onClick={() => takeBack(held)}
            >
              {t("review.withdraw")}
            </Guarded>
          )}
          {lapsed.length > 0 && (
            <Guarded
              type="link"
              size="small"
              reason={closed}
              loading={restoring}
              aria-label={t("review.restore_of", { reason: first.reason })}
              onClick={() => bringBack(lapsed)}
            >
              {t("review.restore")}
            </Guarded>
          )}
        </li>
      ))}
    </ul>
  );
}

function useTakeBack() {
  const { t } = useTranslation("people");
  const { message } = App.useApp();
  const confirm = useConfirm();
  const refresh = useRefresh();
  return (held: Stroke["held"]) =>
    confirm({
      title: t("review.withdraw_title"),
      content: t("review.withdraw_hint"),
      ok: t("review.withdraw"),
      run: async () => {
        try {
          await withdraw(held);
          void message.success(t("review.withdrawn"));
        } finally {
          await refresh("/api/people", "/api/identity");
        }
      },
    });
}

function useBringBack() {
  const { t } = useTranslation("people");
  const { busy, submit } = useSubmit();
  const refresh = useRefresh();
  const bringBack = async (lapsed: Stroke["lapsed"]) => {
    await submit(() => restore(lapsed), t("review.restored"));
    await refresh("/api/people", "/api/identity");
  };
  return { restoring: busy, bringBack };
}
