import { useNavigate } from "@solidjs/router";
import { createEffect, createMemo, createSignal, For, type JSX, on, onCleanup, onMount, Show } from "solid-js";

import { type Found, findByName } from "../data/find";
import { describe, isAbort } from "../data/http";
import { chooseTheme, type ThemeChoice, themeChoice } from "../data/theme";
import { Dialog } from "./dialog";
import { Icon, type IconName } from "./icons";
import { rank, stillFits } from "./palette-match";
import { toast, undoLast } from "./toast";

import "./palette.css";

interface Entry {
  group: string;
  icon: IconName;
  name: string;
  detail: string;
  run: () => void;
  /** Of what has been found. */
  href?: string;
}

const ICONS: Record<Found["kind"], IconName> = { Experiment: "folder", Run: "play", Model: "box" };
const THEMES: readonly { choice: ThemeChoice; name: string; icon: IconName }[] = [
  { choice: "light", name: "Light theme", icon: "sun" },
  { choice: "dark", name: "Dark theme", icon: "moon" },
  { choice: "system", name: "Theme as the system", icon: "system" },
];
/** Waits for the end of typing. */
const TYPING_MS = 150;

/** Goes to an experiment, run or model by its name, or does something, by typing. */
export default function Palette(props: {
  /** What has been typed before the palette was there. */
  typed: () => string;
  onClose: () => void;
  onHelp?: () => void;
}): JSX.Element {
  const navigate = useNavigate();
  const [text, setText] = createSignal("");
  const [found, setFound] = createSignal<readonly Found[]>([]);
  const [failure, setFailure] = createSignal<unknown>();
  const [busy, setBusy] = createSignal(false);
  const [at, setAt] = createSignal(0);
  let moved = false;
  let list!: HTMLDivElement;

  let stop = new AbortController();
  let typing: ReturnType<typeof setTimeout> | undefined;
  onCleanup(() => {
    clearTimeout(typing);
    stop.abort();
  });
  const find = async (wanted: string) => {
    stop.abort();
    stop = new AbortController();
    const { signal } = stop;
    setBusy(true);
    setFailure(undefined);
    try {
      const next = await findByName(wanted, { signal });
      if (signal.aborted) return;
      // What somebody has gone to by keys meanwhile stays chosen, wherever the answer has it.
      const chosen = moved ? entries()[current()]?.href : undefined;
      setFound(next);
      setAt(Math.max(0, chosen === undefined ? 0 : entries().findIndex((entry) => entry.href === chosen)));
    } catch (error) {
      if (!isAbort(error) && !signal.aborted) setFailure(error);
    } finally {
      if (!signal.aborted) setBusy(false);
    }
  };
  createEffect(
    on(text, (wanted) => {
      moved = false;
      clearTimeout(typing);
      typing = setTimeout(() => void find(wanted), wanted === "" ? 0 : TYPING_MS);
    }),
  );

  onMount(() => setText(props.typed()));

  const actions = createMemo((): Entry[] => [
    { group: "Go to", icon: "folder", name: "Experiments", detail: "g e", run: () => navigate("/experiments") },
    { group: "Go to", icon: "box", name: "Models", detail: "g m", run: () => navigate("/models") },
    ...THEMES.filter((theme) => theme.choice !== themeChoice()).map((theme) => ({
      group: "Actions",
      icon: theme.icon,
      name: theme.name,
      detail: "",
      run: () => chooseTheme(theme.choice),
    })),
    { group: "Actions", icon: "help", name: "Keyboard shortcuts", detail: "?", run: () => props.onHelp?.() },
    {
      group: "Actions",
      icon: "undo",
      name: "Undo the last change",
      detail: "",
      run: () => {
        if (!undoLast()) toast("There is nothing to undo");
      },
    },
  ]);
  const entries = createMemo((): Entry[] => {
    const typed = text();
    // Until the answer is here, what is shown is that to an older text: Enter is not to take what has nothing of the newer one.
    const fitting = found().filter((one) => stillFits(one, typed));
    const things = fitting.map((one) => ({
      group: `${one.kind}s`,
      icon: ICONS[one.kind],
      name: one.name,
      detail: one.detail,
      href: one.href,
      run: () => navigate(one.href),
    }));
    const commands = rank(actions(), typed, (entry) => entry.name);
    // While nothing is typed, what one can do comes first.
    return typed.trim() === "" ? [...commands, ...things] : [...things, ...commands];
  });
  const current = () => Math.min(at(), entries().length - 1);

  const move = (to: number) => {
    const count = entries().length;
    if (count === 0) return;
    moved = true;
    setAt((to + count) % count);
    list.querySelector(`#palette-${String(current())}`)?.scrollIntoView({ block: "nearest" });
  };
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    props.onClose();
    entry.run();
  };
  const press = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    const steps: Record<string, number> = { ArrowDown: current() + 1, ArrowUp: current() - 1, PageDown: current() + 8 };
    const to = steps[event.key] ?? (event.key === "PageUp" ? Math.max(0, current() - 8) : undefined);
    if (to === undefined) return;
    event.preventDefault();
    move(event.key === "PageDown" ? Math.min(to, entries().length - 1) : to);
  };

  return (
    <Dialog title="Go to" onClose={() => props.onClose()} onSubmit={() => choose(entries()[current()])}>
      <input
        class="input palette-input"
        type="text"
        role="combobox"
        placeholder="Name of an experiment, run or model, or what to do"
        aria-label="Search experiments, runs, models and commands"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={entries().length > 0 ? `palette-${String(current())}` : undefined}
        autocomplete="off"
        spellcheck={false}
        value={text()}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div class="palette-list" id="palette-list" ref={list} role="listbox" aria-label="Results" aria-busy={busy()}>
        <For each={entries()}>
          {(entry, index) => (
            <>
              <Show when={entries()[index() - 1]?.group !== entry.group}>
                <div class="palette-group" role="presentation">
                  {entry.group}
                </div>
              </Show>
              <div
                class="palette-entry"
                id={`palette-${String(index())}`}
                role="option"
                aria-selected={index() === current()}
                onPointerMove={() => setAt(index())}
                onClick={() => choose(entry)}
              >
                <Icon name={entry.icon} size={15} />
                <span class="palette-name">{entry.name}</span>
                <span class="palette-detail">{entry.detail}</span>
              </div>
            </>
          )}
        </For>
      </div>
      <p class="palette-note muted" role="status">
        {note(failure(), busy(), entries().length)}
      </p>
    </Dialog>
  );
}

function note(failure: unknown, busy: boolean, count: number): string {
  if (failure !== undefined) return `The search failed: ${describe(failure)}`;
  if (busy) return "Searching…";
  return count === 0 ? "Nothing has such a name." : "\u00a0";
}
