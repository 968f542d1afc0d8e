import { useTranslation } from "react-i18next";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { useConfirm } from "@/ui/useConfirm";
import type { Segment } from "../api";
import { removeFromList } from "../listApi";
import { BulkButtons } from "./SelectionBar";

type Props = { segment: Segment; people: string[]; onStarted: (action: string) => void };

/** What can be done with members who were chosen; off a list they can also be taken. */
export function ChosenMembers({ segment, people, onStarted }: Props) {
  const { t } = useTranslation("segments");
  const { number } = useFormat();
  const reason = useReason();
  const confirm = useConfirm();
  const formatted = number(people.length);
  const about = t("lists.selected", { count: people.length, formatted });
  const takeOff = () =>
    confirm({
      title: t("lists.take_off_title", { count: people.length, formatted }),
      content: t("lists.take_off_hint"),
      ok: t("lists.take_off"),
      danger: true,
      run: async () => onStarted((await removeFromList(segment.id, { people })).id),
    });
  return (
    <div className="selection-bar">
      <span className="strong grow">{about}</span>
      <BulkButtons whom={{ people }} about={about} onStarted={onStarted} />
      {segment.list && (
        <Guarded danger reason={reason("segments.edit")} onClick={takeOff}>
          {t("lists.take_off")}
        </Guarded>
      )}
    </div>
  );
}
