import { createRoot } from "react-dom/client";
import "@/ui/styles.css";
import { startI18n } from "@/lib/i18n";
import { App } from "./App";
import { texts } from "./texts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
/** A page the reader may not open shows the refusal; that is no fault to be reported. */
const onCaughtError = (error: unknown) => {
  if (!(error instanceof Error && error.name === "ForbiddenPage")) reportError(error);
};
void startI18n(texts).then(() => createRoot(root, { onCaughtError }).render(<App />));
