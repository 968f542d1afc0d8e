import { useParams } from "@tanstack/react-router";
import { Alert, Button, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link, useGo } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { useRefresh } from "@/lib/queries";
import { useFormat } from "@/lib/useFormat";
import { Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useSubmit } from "@/ui/useSubmit";
import {
  createSegment,
  type Segment,
  updateSegment,
  useSegment,
  useVocabulary,
  type Vocabulary,
} from "../api";
import { LiveCount } from "../components/LiveCount";
import { RuleBuilder } from "../components/RuleBuilder";
import { useNames } from "../components/useNames";
import { emptyGroup, isComplete, newCondition, parseRule, renderRule } from "../rule";

export function SegmentEditPage() {
  const { t } = useTranslation("segments");
  const { id = "" } = useParams({ strict: false });
  const { pick } = useFormat();
  const vocabulary = useVocabulary();
  const segment = useSegment(id);
  return (
    <Page
      title={t(id ? "edit" : "new")}
      back={
        <Link href={id ? paths.segment(id) : paths.segments()}>
          {segment.data ? pick(segment.data.name, segment.data.name_en) : t("title")}
        </Link>
      }
    >
      <Loaded query={vocabulary}>
        {(words) =>
          id ? (
            <Loaded query={segment}>{(data) => <Editor segment={data} vocabulary={words} />}</Loaded>
          ) : (
            <Editor segment={undefined} vocabulary={words} />
          )
        }
      </Loaded>
    </Page>
  );
}

function Editor({ segment, vocabulary }: { segment: Segment | undefined; vocabulary: Vocabulary }) {
  const { t } = useTranslation("segments");
  const go = useGo();
  const refresh = useRefresh();
  const names = useNames(vocabulary);
  const { busy, submit } = useSubmit();
  const { pick } = useFormat();
  const shown = {
    name: pick(segment?.name, segment?.name_en),
    description: pick(segment?.description, segment?.description_en),
  };
  const [name, setName] = useState(shown.name);
  const [description, setDescription] = useState(shown.description);
  const [rule, setRule] = useState(() =>
    segment ? parseRule(segment.rule) : { ...emptyGroup(), items: [newCondition("tag")] },
  );
  if (!rule) return <Unreadable rule={segment?.rule} />;
  const ready = name.trim() !== "" && isComplete(rule);
  const save = () =>
    submit(async () => {
      const written = { name: name.trim(), description: description.trim() };
      const body = { ...written, rule: renderRule(rule) };
      const { data } = segment
        ? await updateSegment(segment.id, { ...changed(shown, written), rule: body.rule })
        : await createSegment(body);
      await refresh("/api/segments", "/api/people");
      if (data) go(paths.segment(data.id));
    }, t("saved"));
  return (
    <div className="grid-side">
      <div className="stack">
        <Panel>
          <div className="stack tight">
            <label className="stack tight" style={{ gap: 4 }}>
              <span className="soft">{t("name")}</span>
              <Input value={name} maxLength={80} onChange={({ target }) => setName(target.value)} />
            </label>
            <label className="stack tight" style={{ gap: 4 }}>
              <span className="soft">{t("description")}</span>
              <Input
                value={description}
                maxLength={200}
                onChange={({ target }) => setDescription(target.value)}
              />
            </label>
          </div>
        </Panel>
        <Panel title={t("rule")}>
          <RuleBuilder group={rule} vocabulary={vocabulary} onChange={setRule} />
        </Panel>
        <div className="row">
          <Button type="primary" disabled={!ready} loading={busy} onClick={() => void save()}>
            {t("common:action.save")}
          </Button>
          {!isComplete(rule) && <span className="soft">{t("invalid")}</span>}
        </div>
      </div>
      <LiveCount rule={rule} names={names} />
    </div>
  );
}

/** What was written anew. The translated name of a built-in segment would otherwise become its name for everybody. */
function changed<T extends Record<string, string>>(before: T, after: T): Partial<T> {
  const entries = Object.entries(after).filter(([key, value]) => value !== before[key]);
  return Object.fromEntries(entries) as Partial<T>;
}

function Unreadable({ rule }: { rule: unknown }) {
  const { t } = useTranslation("segments");
  return (
    <Panel title={t("rule")}>
      <Alert type="info" showIcon title={t("unreadable")} />
      <pre className="mono" style={{ overflowX: "auto" }}>
        {JSON.stringify(rule, null, 2)}
      </pre>
    </Panel>
  );
}
