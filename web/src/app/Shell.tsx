import { Outlet, useRouterState } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Link } from "@/lib/navigation";
import { paths } from "@/lib/paths";
import { SessionProvider, useSession } from "@/lib/session";
import { LanguageSwitch } from "@/ui/LanguageSwitch";
import { BottomNav } from "./BottomNav";
import { NavList } from "./NavList";
import { PersonSearch } from "./PersonSearch";
import { PageLoading } from "./pages/states";
import { UserMenu } from "./UserMenu";

export function Shell() {
  return (
    <SessionProvider fallback={<PageLoading />}>
      <Frame />
    </SessionProvider>
  );
}

function Frame() {
  const { t } = useTranslation();
  const { session, can } = useSession();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const main = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new page starts at its top
  useEffect(() => {
    main.current?.scrollTo?.(0, 0);
  }, [pathname]);
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        {t("nav.skip")}
      </a>
      <header className="shell-head">
        <Link className="brand" href={paths.home()}>
          <img src="/favicon.svg" alt="" width={26} height={26} />
          {t("product")}
          <small>{session.chain.name}</small>
        </Link>
        <div className="head-space" />
        {can("people.read") && <PersonSearch />}
        <LanguageSwitch />
        <UserMenu />
      </header>
      <nav className="shell-nav" aria-label={t("nav.main")}>
        <NavList />
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the page scrolls in here, so the arrow keys need a way in */}
      <main className="shell-main" id="main" ref={main} tabIndex={0}>
        <Outlet />
      </main>
      <BottomNav />
    </div>
  );
}
