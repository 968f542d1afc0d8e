import { Tabs } from "antd";
import { useTranslation } from "react-i18next";
import { pagesOf, wholeList } from "@/lib/list";
import { Link, useUrlState } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { Page, Panel } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { PairQueuePanel } from "../components/PairQueuePanel";
import { useDoubts, useSamples } from "../reviewApi";

/** Where people settle what the program leaves open, and check what it did. */
export function ReviewPage() {
  const { t } = useTranslation("people");
  const [{ tab }, set] = useUrlState({ tab: "doubts" });
  return (
    <Page
      title={t("review.title")}
      sub={t("review.sub")}
      actions={<Link href={paths.identityQuality()}>{t("review.quality")}</Link>}
    >
      <Panel flush>
        <Tabs
          activeKey={tab}
          onChange={(key) => set({ tab: key })}
          destroyOnHidden
          tabBarStyle={{ padding: "0 16px", margin: 0 }}
          items={[
            { key: "doubts", label: t("review.doubts"), children: <Doubts /> },
            { key: "samples", label: t("review.samples"), children: <Samples /> },
          ]}
        />
      </Panel>
    </Page>
  );
}

function Doubts() {
  const { t } = useTranslation("people");
  const doubts = useDoubts();
  const list = { ...pagesOf(doubts), total: doubts.data?.pages[0]?.open };
  const empty = { title: t("review.empty"), hint: t("review.empty_hint") };
  return <PairQueuePanel list={list} sample={false} empty={empty} />;
}

function Samples() {
  const { t } = useTranslation("people");
  const samples = useSamples();
  const empty = { title: t("review.empty_samples"), hint: t("review.empty_samples_hint") };
  return (
    <>
      <p className="panel-intro soft">{t("review.samples_hint")}</p>
      <Loaded query={samples} rows={10}>
        {(rows) => <PairQueuePanel list={{ ...wholeList(rows), total: undefined }} sample empty={empty} />}
      </Loaded>
    </>
  );
}
