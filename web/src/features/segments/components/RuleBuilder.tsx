import { DeleteOutlined, PlusOutlined } from "@ant-design/icons";
import { Button, Dropdown, Segmented } from "antd";
import { useTranslation } from "react-i18next";
import type { Vocabulary } from "../api";
import { type Condition, emptyGroup, type Group, type Node, newCondition } from "../rule";
import { ConditionLine } from "./ConditionLine";

type RuleBuilderProps = {
  group: Group;
  vocabulary: Vocabulary;
  onChange: (group: Group) => void;
  onRemove?: () => void;
};
const KINDS: Condition["kind"][] = ["tag", "attr", "event", "segment"];

/** A group of conditions; groups nest. */
export function RuleBuilder({ group, vocabulary, onChange, onRemove }: RuleBuilderProps) {
  const { t } = useTranslation("segments");
  const replace = (at: number, node: Node) =>
    onChange({ ...group, items: group.items.map((one, index) => (index === at ? node : one)) });
  const remove = (at: number) =>
    onChange({ ...group, items: group.items.filter((_, index) => index !== at) });
  const append = (node: Node) => onChange({ ...group, items: [...group.items, node] });
  const menu = [
    ...KINDS.map((kind) => ({
      key: kind,
      label: t(`builder.add_${kind}`),
      onClick: () => append(newCondition(kind)),
    })),
    { type: "divider" as const },
    {
      key: "group",
      label: t("builder.add_group"),
      onClick: () => append(emptyGroup(group.op === "any" ? "all" : "any")),
    },
  ];
  return (
    <fieldset className={`rule-group ${group.op}`} aria-label={t(`builder.${group.op}`)}>
      <div className="row between">
        <Segmented
          size="small"
          aria-label={t("builder.group_kind")}
          value={group.op}
          options={(["all", "any", "not"] as const).map((op) => ({ value: op, label: t(`builder.${op}`) }))}
          onChange={(op) => onChange({ ...group, op })}
        />
        {onRemove && (
          <Button
            type="text"
            size="small"
            icon={<DeleteOutlined aria-hidden />}
            aria-label={t("builder.remove_group")}
            onClick={onRemove}
          />
        )}
      </div>
      {group.items.length === 0 && <span className="soft">{t("builder.empty_group")}</span>}
      {group.items.map((node, at) =>
        node.kind === "group" ? (
          <RuleBuilder
            key={node.key}
            group={node}
            vocabulary={vocabulary}
            onChange={(next) => replace(at, next)}
            onRemove={() => remove(at)}
          />
        ) : (
          <ConditionLine
            key={node.key}
            condition={node}
            vocabulary={vocabulary}
            onChange={(next) => replace(at, next)}
            onRemove={() => remove(at)}
          />
        ),
      )}
      <div>
        <Dropdown menu={{ items: menu }} trigger={["click"]}>
          <Button size="small" type="dashed" icon={<PlusOutlined aria-hidden />}>
            {t("builder.add")}
          </Button>
        </Dropdown>
      </div>
    </fieldset>
  );
}
