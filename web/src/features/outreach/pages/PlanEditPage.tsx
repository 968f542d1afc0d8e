import { useParams, useRouterState } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { usePlan } from "../api";
import { PlanForm } from "../components/PlanForm";

export function PlanEditPage() {
  const { t } = useTranslation("outreach");
  const { id = "" } = useParams({ strict: false });
  const { segment = "" } = useRouterState({
    select: (state) => state.location.search as { segment?: string },
  });
  const plan = usePlan(id);
  return (
    <Page
      title={id ? t("edit") : t("new")}
      back={
        <Link href={id ? paths.touchPlan(id) : paths.touchPlans()}>
          {id ? (plan.data?.name ?? t("title")) : t("title")}
        </Link>
      }
    >
      {id ? (
        <Loaded query={plan}>{(data) => <PlanForm plan={data} segment="" />}</Loaded>
      ) : (
        <PlanForm plan={undefined} segment={segment} />
      )}
    </Page>
  );
}
