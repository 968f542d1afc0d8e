import { Popover } from "antd";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { usePersonTags } from "@/lib/lookups";
import { Loaded } from "./states";
import { TagReason } from "./TagReason";

type Which = { personId: string; tag: string; value: string };
type Props = Which & {
  title: string;
  /** What is pressed. */
  children: ReactNode;
};

/** Tells on demand why somebody has a tag; nothing is asked before it is pressed. */
export function PersonTagReason({ title, children, ...which }: Props) {
  return (
    <Popover trigger="click" title={title} content={<Reason {...which} />}>
      {children}
    </Popover>
  );
}

function Reason({ personId, tag, value }: Which) {
  const { t } = useTranslation();
  return (
    <Loaded query={usePersonTags(personId)} rows={2}>
      {(tags) => {
        const held = tags.find((one) => one.tag === tag && one.value === value);
        return held ? <TagReason tag={held} /> : <span className="soft">{t("tag.gone")}</span>;
      }}
    </Loaded>
  );
}
