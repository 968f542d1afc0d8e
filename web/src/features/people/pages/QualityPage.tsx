import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { problemMessage, toProblem } from "@/lib/problem";
import { Page, Panel } from "@/ui/Page";
import { Empty, Loaded } from "@/ui/states";
import { CrowdsPanel } from "../components/CrowdsPanel";
import { QualityTiles } from "../components/QualityTiles";
import { SizesPanel } from "../components/SizesPanel";
import { SourcesPanel } from "../components/SourcesPanel";
import { TrendPanel } from "../components/TrendPanel";
import { WeightsPanel } from "../components/WeightsPanel";
import { useQuality } from "../reviewApi";

/** How good identity is, as far as it can be known without knowing the truth. */
export function QualityPage() {
  const { t } = useTranslation("people");
  const quality = useQuality();
  // Not a fault that another try would mend.
  const refused = toProblem(quality.error).code === "access.beyond_scope";
  return (
    <Page
      title={t("quality.title")}
      sub={t("quality.sub")}
      actions={<Link href={paths.identityReview()}>{t("quality.review")}</Link>}
    >
      {refused ? (
        <Panel>
          <Empty title={problemMessage(quality.error, t)} />
        </Panel>
      ) : (
        <Loaded query={quality} rows={12}>
          {(data) => (
            <>
              <QualityTiles quality={data} />
              <div className="grid-2">
                <SizesPanel sizes={data.sizes} />
                <TrendPanel days={data.days} />
              </div>
              <SourcesPanel sources={data.sources} />
              <CrowdsPanel crowds={data.crowds} />
              <WeightsPanel model={data.model} />
            </>
          )}
        </Loaded>
      )}
    </Page>
  );
}
