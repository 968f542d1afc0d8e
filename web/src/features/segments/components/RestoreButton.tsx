import type { ButtonProps } from "antd";
import { useTranslation } from "react-i18next";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { useSubmit } from "@/ui/useSubmit";
import { restoreSegment, type Segment } from "../api";

/** Takes a segment that was put away back into use. */
export function RestoreButton({
  segment,
  ...look
}: { segment: Segment } & Pick<ButtonProps, "size" | "type">) {
  const { t } = useTranslation("segments");
  const { pick } = useFormat();
  const name = pick(segment.name, segment.name_en);
  const reason = useReason()("segments.edit");
  const refresh = useRefresh();
  const { busy, submit } = useSubmit();
  const restore = () =>
    submit(
      async () => {
        await restoreSegment(segment.id);
        await refresh("/api/segments");
      },
      t("restored", { name }),
    );
  return (
    <Guarded
      {...look}
      reason={reason}
      loading={busy}
      aria-label={t("restore_of", { name })}
      onClick={() => void restore()}
    >
      {t("restore")}
    </Guarded>
  );
}
