import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import type { Whom } from "../listApi";
import { BulkProgress } from "./BulkProgress";
import { BulkTagDialog } from "./BulkTagDialog";
import { ListDialog } from "./ListDialog";

/** What can be done with the people who were chosen from a list on screen. */
export function SelectionBar({ people, onClear }: { people: string[]; onClear: () => void }) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const [running, setRunning] = useState("");
  const about = t("lists.selected", { count: people.length, formatted: number(people.length) });
  const started = (action: string) => {
    setRunning(action);
    onClear();
  };
  return (
    <>
      {running !== "" && <BulkProgress key={running} id={running} onClose={() => setRunning("")} />}
      {people.length > 0 && (
        <div className="selection-bar">
          <span className="strong grow">{about}</span>
          <BulkButtons whom={{ people }} about={about} onStarted={started} />
          <Button size="small" type="text" onClick={onClear}>
            {t("lists.clear")}
          </Button>
        </div>
      )}
    </>
  );
}

/** The two buttons with their dialogs, for a selection or for everybody of a segment. */
export function BulkButtons({
  whom,
  about,
  away,
  onStarted,
}: {
  whom: Whom;
  about: string;
  away?: string | undefined;
  onStarted: (action: string) => void;
}) {
  const { t } = useTranslation("segments");
  const reason = useReason();
  const [open, setOpen] = useState<"list" | "tag">();
  const close = () => setOpen(undefined);
  return (
    <>
      <Guarded reason={reason("segments.edit") ?? away} onClick={() => setOpen("list")}>
        {t("lists.to_list")}
      </Guarded>
      <Guarded reason={reason("tags.edit") ?? away} onClick={() => setOpen("tag")}>
        {t("lists.tag_many")}
      </Guarded>
      {open === "list" && <ListDialog whom={whom} about={about} onStarted={onStarted} onClose={close} />}
      {open === "tag" && <BulkTagDialog whom={whom} about={about} onStarted={onStarted} onClose={close} />}
    </>
  );
}
