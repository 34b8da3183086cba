import { A, type RouteSectionProps, useLocation, useNavigate } from "@solidjs/router";
import {
  createEffect,
  createSignal,
  ErrorBoundary,
  type JSX,
  lazy,
  on,
  onCleanup,
  onMount,
  Show,
  Suspense,
} from "solid-js";

import { Button } from "./components/button";
import { Confirmations } from "./components/confirm";
import { Failure } from "./components/failure";
import { type HeldKeys, holdKeys } from "./components/held-keys";
import { Icon, Mark } from "./components/icons";
import { MenuButton } from "./components/menu";
import { modifier, runShortcut, useShortcuts } from "./components/shortcuts";
import { Skeleton } from "./components/skeleton";
import { toast, toastError, Toasts, undoLast } from "./components/toast";
import { basePath } from "./data/base";
import { chooseTheme, theme, themeChoice } from "./data/theme";

import "./frame.css";

const Palette = lazy(() => import("./components/palette"));
const ShortcutHelp = lazy(() => import("./components/shortcut-help"));

/** What stands around every page: navigation, palette, messages; and what catches a page that fails. */
export function Frame(props: RouteSectionProps): JSX.Element {
  const [palette, setPalette] = createSignal(false);
  let typed: HeldKeys | undefined;
  const openPalette = () => {
    if (palette()) return;
    typed = holdKeys(closePalette);
    setPalette(true);
  };
  const closePalette = () => {
    typed?.take();
    setPalette(false);
  };
  const [help, setHelp] = createSignal(false);
  // A window that cannot be shown gives the keys back to the page.
  function giveUpWindows(error: unknown, reset: () => void): void {
    closePalette();
    setHelp(false);
    if (isMissingPart(error)) {
      toast(`${MISSING_PART}. ${UPDATED}`, { kind: "bad", remedy: { label: LOAD_ANEW, run: loadAnew } });
    } else toastError("The window could not be shown", error);
    reset();
  }
  const location = useLocation();
  const navigate = useNavigate();
  let main!: HTMLElement;

  useShortcuts("everywhere", {
    "mod+k": { run: openPalette, inFields: true },
    "g e": () => navigate("/experiments"),
    "g m": () => navigate("/models"),
    "?": () => setHelp(true),
    "mod+z": () => undoLast(),
  });
  // Another page begins at its top, and with the focus in it: what had the focus before is gone.
  createEffect(
    on(
      () => pageOf(location.pathname),
      () => {
        main.scrollTop = 0;
        setTimeout(() => {
          if (document.activeElement === document.body) main.focus({ preventScroll: true });
        });
      },
      { defer: true },
    ),
  );
  onMount(() => {
    document.addEventListener("keydown", runShortcut);
    onCleanup(() => document.removeEventListener("keydown", runShortcut));
  });

  return (
    <div class="frame">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.focus();
        }}
      >
        Skip to content
      </a>
      <header class="frame-head">
        <A class="frame-name" href="/experiments" aria-label="Trainyard, home">
          <Mark />
          <span>Trainyard</span>
        </A>
        <nav class="frame-nav" aria-label="Main">
          <A href="/experiments" classList={{ active: belowExperiments(location.pathname) }}>
            Experiments
          </A>
          <A href="/models">Models</A>
        </nav>
        <button type="button" class="frame-search" onClick={openPalette} aria-label="Search and commands">
          <Icon name="search" />
          <span>Search</span>
          <kbd>{modifier === "⌘" ? "⌘K" : "Ctrl K"}</kbd>
        </button>
        <MenuButton
          label="Theme"
          icon={theme() === "dark" ? "moon" : "sun"}
          end
          items={[
            { label: "Light", icon: "sun", checked: themeChoice() === "light", run: () => chooseTheme("light") },
            { label: "Dark", icon: "moon", checked: themeChoice() === "dark", run: () => chooseTheme("dark") },
            { label: "As the system", checked: themeChoice() === "system", run: () => chooseTheme("system") },
          ]}
        />
        <Button class="frame-help" kind="quiet" icon="help" label="Keyboard shortcuts" onClick={() => setHelp(true)} />
      </header>
      <main class="frame-main" id="main" ref={main} tabIndex={-1}>
        <ErrorBoundary
          fallback={(error: unknown, reset) => <PageFailure error={error} path={location.pathname} reset={reset} />}
        >
          <Suspense
            fallback={
              <div class="page">
                <Skeleton lines={8} />
              </div>
            }
          >
            {props.children}
          </Suspense>
        </ErrorBoundary>
      </main>
      <Toasts />
      <Confirmations />
      <ErrorBoundary fallback={(error: unknown, reset) => <Resume reset={() => giveUpWindows(error, reset)} />}>
        <Suspense>
          <Show when={palette()}>
            <Palette typed={() => typed?.take() ?? ""} onClose={closePalette} onHelp={() => setHelp(true)} />
          </Show>
          <Show when={help()}>
            <ShortcutHelp onClose={() => setHelp(false)} />
          </Show>
        </Suspense>
      </ErrorBoundary>
    </div>
  );
}

/** What stays the same while one moves within a page: a run's tabs and files are all one page. */
function pageOf(path: string): string {
  return /^.*\/runs\/[^/]+/.exec(path)?.[0] ?? path;
}

/** Runs have addresses of their own, and are reached through their experiment all the same. */
function belowExperiments(path: string): boolean {
  return /^(experiments|runs|compare|logged-models)\b/.test(path.slice(basePath.length));
}

const MISSING_PART = "A part of the app could not be loaded";
const UPDATED = "The server may have been updated since this page was opened. Load the page anew to go on.";
const LOAD_ANEW = "Load the page anew";
const loadAnew = (): void => window.location.reload();

/** Browsers keep in mind that a part was not there, so that another try without a new page would find the same. */
function isMissingPart(error: unknown): boolean {
  const said = error instanceof Error ? error.message : "";
  return /dynamically imported module|Importing a module script failed|Unable to preload CSS/i.test(said);
}

/** A page that threw; another address is another try. */
function PageFailure(props: { error: unknown; path: string; reset: () => void }): JSX.Element {
  const location = useLocation();
  const failedAt = props.path;
  return (
    <Show when={location.pathname === failedAt} fallback={<Resume reset={props.reset} />}>
      <div class="page">
        <Show
          when={isMissingPart(props.error)}
          fallback={<Failure what="This page could not be shown" error={props.error} onRetry={() => props.reset()} />}
        >
          <Failure what={MISSING_PART} error={new Error(UPDATED)} retryLabel={LOAD_ANEW} onRetry={loadAnew} />
        </Show>
      </div>
    </Show>
  );
}

function Resume(props: { reset: () => void }): JSX.Element {
  onMount(() => props.reset());
  return null;
}
