import { useTranslation } from "react-i18next";
import { RowsDialog } from "@/ui/RowsDialog";
import { checkRows, importRows } from "../listApi";

type Props = { list: string; onStarted: (action: string) => void; onClose: () => void };

/** Puts the people of a file on a list. */
export function ImportDialog({ list, onStarted, onClose }: Props) {
  const { t } = useTranslation("segments");
  const run = async (text: string) => onStarted((await importRows(list, text)).id);
  return <RowsDialog title={t("lists.import_title")} check={checkRows} run={run} onClose={onClose} />;
}
