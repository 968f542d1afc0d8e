import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { App as AntApp, ConfigProvider } from "antd";
import enUS from "antd/locale/en_US";
import zhCN from "antd/locale/zh_CN";
import { useTranslation } from "react-i18next";
import { setUnauthorizedHandler } from "@/lib/api";
import { paths } from "@/lib/paths";
import { toProblem } from "@/lib/problem";
import { theme } from "@/ui/theme";
import { makeRouter } from "./router";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      // A refusal stays a refusal; only a lost connection or a fault of the server is worth a second try.
      retry: (count, error) => count < 1 && (toProblem(error).status === 0 || toProblem(error).status >= 500),
    },
  },
});
const router = makeRouter(queries);

setUnauthorizedHandler(() => {
  const { pathname, searchStr } = router.state.location;
  if (pathname === "/login") return;
  queries.clear();
  router.history.replace(paths.login(pathname + searchStr));
});

/** Whoever asks the system for less motion gets none. Shortening it in CSS instead would leave popups off the screen. */
const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
const appTheme = { ...theme, token: { ...theme.token, motion: !still } };

export function App() {
  const { i18n } = useTranslation();
  return (
    <ConfigProvider
      theme={appTheme}
      locale={i18n.language === "en" ? enUS : zhCN}
      wave={{ disabled: true }}
      button={{ autoInsertSpace: false }}
    >
      <AntApp message={{ maxCount: 3 }} style={{ height: "100%" }}>
        <QueryClientProvider client={queries}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  );
}
