import { UndoOutlined } from "@ant-design/icons";
import { Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import type { PairQueue } from "./usePairQueue";
import { useShortcuts } from "./useShortcuts";

/** One person, two people, later, or take the last one back; by button or by key. */
export function DecideBar({ queue }: { queue: PairQueue }) {
  const { t } = useTranslation("people");
  const closed = useReason()("people.merge");
  const [reason, setReason] = useState("");
  const usual = { same: t("review.reason_same"), different: t("review.reason_different") };
  const decide = (same: boolean) => {
    queue.answer(same, reason.trim() || (same ? usual.same : usual.different));
    setReason("");
  };
  const { skip, undo } = queue;
  const keys = closed ? { s: skip } : { y: () => decide(true), n: () => decide(false), s: skip, u: undo };
  useShortcuts(keys);
  const choice = { size: "large", color: "primary", variant: "outlined", reason: closed } as const;
  return (
    <>
      {closed ? (
        <p className="soft decide-closed">{closed}</p>
      ) : (
        <ReasonField value={reason} usual={usual} onChange={setReason} />
      )}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset brings its own frame and cannot stick to the edge */}
      <div className="decide-bar" role="group" aria-label={t("review.decide")}>
        <Guarded {...choice} onClick={() => decide(true)} aria-keyshortcuts="Y">
          {t("review.same")}
          <Hint letter="Y" />
        </Guarded>
        <Guarded {...choice} onClick={() => decide(false)} aria-keyshortcuts="N">
          {t("review.different")}
          <Hint letter="N" />
        </Guarded>
        <Button size="large" onClick={skip} aria-keyshortcuts="S">
          {t("review.skip")}
          <Hint letter="S" />
        </Button>
        <UndoButton undo={undo} closed={closed} />
      </div>
    </>
  );
}

/** Takes the last decision back; stays where the queue has come to its end. */
export function UndoButton({ undo, closed }: { undo: PairQueue["undo"]; closed: string | undefined }) {
  const { t } = useTranslation("people");
  return (
    <Guarded
      size="large"
      type="text"
      reason={closed ?? (undo ? undefined : t("review.nothing_to_undo"))}
      {...(undo ? { onClick: undo } : {})}
      aria-keyshortcuts="U"
      icon={<UndoOutlined aria-hidden />}
    >
      <span className="undo-text">{t("review.undo")}</span>
      <Hint letter="U" />
    </Guarded>
  );
}

function Hint({ letter }: { letter: string }) {
  return (
    <kbd className="wide-only" aria-hidden>
      {letter}
    </kbd>
  );
}

type ReasonFieldProps = {
  value: string;
  usual: { same: string; different: string };
  onChange: (value: string) => void;
};

/** Why; what is usual is written if nothing is. Enter gives the keyboard back to the decisions. */
function ReasonField({ value, usual, onChange }: ReasonFieldProps) {
  const { t } = useTranslation("people");
  return (
    <label className="decide-reason">
      <span className="soft">{t("review.reason")}</span>
      <Input
        value={value}
        maxLength={200}
        onChange={(event) => onChange(event.target.value)}
        onPressEnter={(event) => event.currentTarget.blur()}
        aria-describedby="decide-reason-hint"
      />
      <span className="faint" id="decide-reason-hint">
        {t("review.reason_hint", usual)}
      </span>
    </label>
  );
}
