import { Modal } from "antd";
import { useTranslation } from "react-i18next";
import { Loaded } from "@/ui/states";
import { useEvidence } from "../reviewApi";
import { Evidence } from "./Evidence";

type EvidenceDialogProps = { a: string; b: string; onClose: () => void };

/** Why two records of a person are one. */
export function EvidenceDialog({ a, b, onClose }: EvidenceDialogProps) {
  const { t } = useTranslation("people");
  const evidence = useEvidence(a, b);
  return (
    <Modal open title={t("review.evidence_title")} width={1000} footer={null} onCancel={onClose}>
      <Loaded query={evidence}>{(pair) => <Evidence pair={pair} />}</Loaded>
    </Modal>
  );
}
