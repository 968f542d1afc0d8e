import { Steps } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { Page } from "@/ui/Page";
import type { Upload } from "../api";
import { CheckStep } from "../components/CheckStep";
import { FileStep } from "../components/FileStep";
import { MapStep } from "../components/MapStep";
import { formOf, type MapForm } from "../mapping";

type Draft = { upload: Upload; sourceId: string; form: MapForm };

/** File → columns → dry run. The import itself has its own page, which can be left and come back to. */
export function ImportNewPage() {
  const { t } = useTranslation("intake");
  const [step, setStep] = useState(0);
  const [draft, setDraft] = useState<Draft>();
  const start = (upload: Upload, sourceId: string) => {
    setDraft({ upload, sourceId, form: formOf(upload.guess, upload.columns) });
    setStep(1);
  };
  return (
    <Page title={t("mapping.title")} back={<Link href={paths.imports()}>{t("imports.title")}</Link>}>
      <Steps
        current={step}
        size="small"
        responsive={false}
        items={(["file", "map", "check"] as const).map((name) => ({ title: t(`mapping.steps.${name}`) }))}
      />
      {step === 0 && <FileStep onUploaded={start} />}
      {draft && step === 1 && (
        <MapStep
          upload={draft.upload}
          form={draft.form}
          onChange={(form) => setDraft({ ...draft, form })}
          onBack={() => setStep(0)}
          onNext={() => setStep(2)}
        />
      )}
      {draft && step === 2 && (
        <CheckStep
          upload={draft.upload}
          sourceId={draft.sourceId}
          form={draft.form}
          onBack={() => setStep(1)}
        />
      )}
    </Page>
  );
}
