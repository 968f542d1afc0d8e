import { PlusOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { usePersonTags } from "@/lib/lookups";
import { useReason } from "@/lib/useReason";
import { Guarded } from "@/ui/Guarded";
import { Loaded } from "@/ui/states";
import { AddTagDialog } from "./AddTagDialog";
import { TagChip } from "./TagChip";

const SHOWN = 14;

/** All tags of one person; each says why it is there. */
export function PersonTags({ personId }: { personId: string }) {
  const { t } = useTranslation("profiles");
  const reason = useReason();
  const tags = usePersonTags(personId);
  const [adding, setAdding] = useState(false);
  const [all, setAll] = useState(false);
  return (
    <Loaded query={tags} rows={1}>
      {(items) => (
        <div className="row" style={{ gap: 6 }}>
          {items.length === 0 && <span className="soft">{t("person.none")}</span>}
          {(all ? items : items.slice(0, SHOWN)).map((tag) => (
            <TagChip key={`${tag.tag}=${tag.value}`} personId={personId} tag={tag} />
          ))}
          {items.length > SHOWN && (
            <Button type="link" size="small" aria-expanded={all} onClick={() => setAll(!all)}>
              {all ? t("person.less") : t("person.more", { count: items.length - SHOWN })}
            </Button>
          )}
          <Guarded
            size="small"
            type="dashed"
            icon={<PlusOutlined aria-hidden />}
            reason={reason("tags.edit")}
            onClick={() => setAdding(true)}
          >
            {t("person.add")}
          </Guarded>
          {adding && <AddTagDialog personId={personId} onClose={() => setAdding(false)} />}
        </div>
      )}
    </Loaded>
  );
}
