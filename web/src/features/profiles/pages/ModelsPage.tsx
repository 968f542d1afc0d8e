import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";
import { Loaded } from "@/ui/states";
import { useModels } from "../api";
import { ModelPanel } from "../components/ModelPanel";

export function ModelsPage() {
  const { t } = useTranslation("profiles");
  const models = useModels();
  return (
    <Page title={t("models.title")} sub={t("models.sub")}>
      <Loaded query={models}>
        {({ items }) => (
          <div className="grid-2">
            {items.map((model) => (
              <ModelPanel key={model.id} model={model} />
            ))}
          </div>
        )}
      </Loaded>
    </Page>
  );
}
