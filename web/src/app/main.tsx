import { createRoot } from "react-dom/client";
import "@/ui/styles.css";
import { startI18n } from "@/lib/i18n";
import { App } from "./App";
import { texts } from "./texts";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
void startI18n(texts).then(() => createRoot(root).render(<App />));
