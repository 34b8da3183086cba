import { createEffect, createMemo, createSignal, createUniqueId, For, type JSX, on, onCleanup, Show } from "solid-js";

import { Button } from "../components/button";
import { Icon } from "../components/icons";
import { isAbort } from "../data/http";
import {
  accept,
  type Expected,
  expected,
  fixedSuggestions,
  type Key,
  nameSuggestion,
  stillFitting,
  type Suggestion,
  valueSuggestions,
} from "./complete";
import type { Language, NameKind } from "./language";
import { tokenize } from "./lexer";

import "./input.css";

export interface FilterProblem {
  /** UTF-16 positions in the filter; none where the problem has no place. */
  place: { start: number; end: number } | undefined;
  reason: string;
}

export interface FilterInputProps {
  /** What is filtered, for those who do not see the field. */
  label: string;
  language: Language;
  /** The filter that holds. */
  value: string;
  onCommit: (filter: string) => void;
  problem: FilterProblem | undefined;
  /** Names that contain a text. */
  names: (kind: NameKind, contains: string, signal: AbortSignal) => Promise<{ key: string; runs: number }[]>;
  /** Values of a key that contain a text; none where they are not known. */
  values: (key: Key, contains: string, signal: AbortSignal) => Promise<{ value: string; runs: number }[]>;
  placeholder: string;
  ref?: (input: HTMLInputElement) => void;
}

/** A filter with colours, completion and the place of an error. Enter applies it. */
export function FilterInput(props: FilterInputProps): JSX.Element {
  const listId = createUniqueId();
  const problemId = createUniqueId();
  let input!: HTMLInputElement;
  let backdrop!: HTMLDivElement;
  const [text, setText] = createSignal("");
  const [cursor, setCursor] = createSignal(0);
  const [open, setOpen] = createSignal(false);
  const [active, setActive] = createSignal(-1);
  /** Names or values that were asked for. */
  const [found, setFound] = createSignal<{ of: Expected; list: readonly Suggestion[] }>({ of: undefined, list: [] });

  createEffect(
    on(
      // The same value said again, by a page that has changed otherwise, leaves alone what is half typed.
      createMemo(() => props.value),
      (value) => setText(value),
    ),
  );
  const place = createMemo(() => (open() ? expected(text(), cursor()) : undefined));
  const suggestions = createMemo(() => [
    ...stillFitting(found().list, found().of, place()),
    ...fixedSuggestions(place(), props.language),
  ]);
  const problem = () => (text() === props.value ? props.problem : undefined);
  const changed = () => text() !== props.value;

  createEffect(
    on(place, (at) => {
      setActive(-1);
      if (at?.what !== "name" && at?.what !== "value") {
        setFound({ of: undefined, list: [] });
        return;
      }
      const abort = new AbortController();
      const timer = setTimeout(() => {
        ask(at, abort.signal).then(
          (list) => setFound({ of: at, list }),
          (error: unknown) => {
            // Completion is a help: without it the filter can still be typed.
            if (!isAbort(error)) setFound({ of: undefined, list: [] });
          },
        );
      }, 80);
      onCleanup(() => {
        clearTimeout(timer);
        abort.abort();
      });
    }),
  );

  async function ask(at: Expected & { what: "name" | "value" }, signal: AbortSignal): Promise<Suggestion[]> {
    const { language } = props;
    if (at.what === "value") return valueSuggestions(at, await props.values(at.key, at.typed, signal), language);
    const names = await props.names(at.kind, at.typed, signal);
    return names.map((one) => nameSuggestion(one.key, one.runs, language));
  }

  function commit(): void {
    setOpen(false);
    if (changed()) props.onCommit(text());
  }

  function follow(): void {
    setCursor(input.selectionStart ?? text().length);
    backdrop.scrollLeft = input.scrollLeft;
  }

  function take(suggestion: Suggestion): void {
    const at = place();
    if (!at) return;
    const result = accept(text(), at, suggestion);
    setText(result.text);
    input.value = result.text;
    input.setSelectionRange(result.cursor, result.cursor);
    input.focus();
    setOpen(true);
    follow();
  }

  function key(event: KeyboardEvent): void {
    const all = suggestions();
    const chosen = all[active()];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open()) {
        follow();
        setOpen(true);
      } else if (all.length > 0) {
        const step = event.key === "ArrowDown" ? 1 : -1;
        setActive((at) => (at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length));
      }
    } else if (event.key === "Tab" && !event.shiftKey && open() && all.length > 0 && changed()) {
      event.preventDefault();
      take(chosen ?? (all[0] as Suggestion));
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (chosen && open()) take(chosen);
      else commit();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (open() && all.length > 0) setOpen(false);
      else if (changed()) setText(props.value);
      else input.blur();
    }
    event.stopPropagation();
  }

  return (
    <div class="filter" role="search">
      <Icon name="filter" />
      <div class="filter-field">
        <div class="filter-colours" ref={backdrop} aria-hidden="true">
          <Colours text={text()} place={problem()?.place} />
        </div>
        <input
          ref={(element) => {
            input = element;
            props.ref?.(element);
          }}
          class="filter-text"
          type="text"
          role="combobox"
          aria-label={props.label}
          aria-autocomplete="list"
          aria-expanded={open() && suggestions().length > 0}
          aria-controls={listId}
          aria-activedescendant={active() >= 0 ? `${listId}-${String(active())}` : undefined}
          aria-invalid={problem() !== undefined}
          aria-describedby={problemId}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          placeholder={props.placeholder}
          value={text()}
          onInput={(event) => {
            setText(event.currentTarget.value);
            setOpen(true);
            follow();
          }}
          onKeyDown={key}
          onKeyUp={follow}
          onClick={() => {
            follow();
            setOpen(true);
          }}
          onScroll={follow}
          onBlur={() => commit()}
        />
      </div>
      <Show when={changed()}>
        <span class="filter-hint">
          <kbd>Enter</kbd>
        </span>
      </Show>
      <Show when={text() !== ""}>
        <Button
          kind="quiet"
          icon="close"
          label="Clear filter"
          onClick={() => {
            setText("");
            commit();
            input.focus();
          }}
        />
      </Show>
      <Show when={open() && suggestions().length > 0}>
        <ul class="filter-list" id={listId} role="listbox" aria-label="Suggestions">
          <For each={suggestions()}>
            {(one, at) => (
              <li
                id={`${listId}-${String(at())}`}
                role="option"
                aria-selected={active() === at()}
                ref={(element) => {
                  createEffect(() => {
                    if (active() === at()) element.scrollIntoView({ block: "nearest" });
                  });
                }}
                // Before the field loses the focus, which would apply the filter.
                onPointerDown={(event) => {
                  event.preventDefault();
                  take(one);
                }}
              >
                <span class="mono ellipsis">{one.label}</span>
                <span class="filter-list-hint">{one.hint}</span>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <div id={problemId} class="filter-problem" role="alert" hidden={problem() === undefined || open()}>
        {problem()?.reason}
      </div>
    </div>
  );
}

/** The same text below the field, with colours and the place of an error. */
function Colours(props: { text: string; place: { start: number; end: number } | undefined }): JSX.Element {
  const wrong = (start: number, end: number) => {
    const place = props.place;
    return place !== undefined && start < Math.max(place.end, place.start + 1) && end > place.start;
  };
  return (
    <>
      <For each={tokenize(props.text)}>
        {(token) => (
          <span data-token={token.kind} data-wrong={wrong(token.start, token.end) ? "" : undefined}>
            {props.text.slice(token.start, token.end)}
          </span>
        )}
      </For>
      <Show when={props.place && props.place.start >= props.text.length}>
        <span data-wrong=""> </span>
      </Show>
    </>
  );
}
