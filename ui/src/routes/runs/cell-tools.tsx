import { createSignal, type JSX, onCleanup, onMount, Show } from "solid-js";

import { copyText } from "../../components/copy";
import { Icon } from "../../components/icons";
import { onLongPress } from "../../components/long-press";
import { MenuList } from "../../components/menu";
import { Popover } from "../../components/popover";
import { toast, toastError } from "../../components/toast";
import type { Row } from "./run-rows";
import type { Column } from "./state";
import { type Clause, clausesOf, exactText } from "./values";

export interface CellToolsProps {
  row: (line: number) => Row;
  column: (at: number) => Column | undefined;
  scroller: () => HTMLElement;
  onFilter: (clause: string) => void;
  ref: (tools: { openMenu: (cell: HTMLElement) => void }) => void;
}

interface Target {
  cell: HTMLElement;
  clauses: Clause[];
  text: string;
}

/**
 * What a cell offers: a button that filters by its value, and a menu of all its filters by the right button or a key. There is one
 * button for all cells; it goes where the pointer is.
 */
export function CellTools(props: CellToolsProps): JSX.Element {
  const [hovered, setHovered] = createSignal<Target>();
  const [menu, setMenu] = createSignal<Target>();
  let button!: HTMLButtonElement;

  function target(element: Element | null): Target | undefined {
    const cell = element?.closest<HTMLElement>(".runs-cell[data-at]");
    const line = cell?.closest<HTMLElement>("[data-index]")?.dataset["index"];
    const column = cell ? props.column(Number(cell.dataset["at"])) : undefined;
    const row = line === undefined ? undefined : props.row(Number(line));
    if (!cell || !column || column.spark === true || row?.kind !== "run") return undefined;
    return { cell, clauses: clausesOf(row.run, column), text: exactText(row.run, column) ?? "" };
  }

  function over(event: PointerEvent): void {
    const element = event.target as Element;
    if (event.pointerType === "touch" || button.contains(element)) return;
    const next = target(element);
    const offered = next && next.clauses.length > 0 && next.text !== "" ? next : undefined;
    if (offered?.cell === hovered()?.cell) return;
    setHovered(offered);
    if (offered) offered.cell.append(button);
  }

  onMount(() => {
    const scroller = props.scroller();
    const out = () => setHovered(undefined);
    /** Links keep the menu of the browser. */
    const open = (element: Element): boolean => {
      const found = element.closest("a") ? undefined : target(element);
      if (found) setMenu(found);
      return found !== undefined;
    };
    const context = (event: MouseEvent) => {
      if (open(event.target as Element)) event.preventDefault();
    };
    onCleanup(onLongPress(scroller, open));
    scroller.addEventListener("pointerover", over);
    scroller.addEventListener("pointerleave", out);
    scroller.addEventListener("scroll", out, { passive: true });
    scroller.addEventListener("contextmenu", context);
    onCleanup(() => {
      button.remove();
      scroller.removeEventListener("pointerover", over);
      scroller.removeEventListener("pointerleave", out);
      scroller.removeEventListener("scroll", out);
      scroller.removeEventListener("contextmenu", context);
    });
    props.ref({
      openMenu: (cell) => {
        const found = target(cell);
        if (found) setMenu(found);
      },
    });
  });

  const first = () => hovered()?.clauses[0];
  return (
    <>
      <button
        ref={button}
        type="button"
        class="cell-filter"
        tabIndex={-1}
        hidden={hovered() === undefined}
        aria-label={`Filter: ${first()?.label ?? ""}`}
        title={`Filter: ${first()?.label ?? ""}\nRight button: more`}
        onClick={(event) => {
          event.stopPropagation();
          const clause = first();
          if (clause) props.onFilter(clause.filter);
        }}
      >
        <Icon name="filter" size={12} />
      </button>
      <Show when={menu()} keyed>
        {(at) => (
          <Popover anchor={at.cell} label="Filters of the cell" role="menu" onClose={() => setMenu(undefined)}>
            <MenuList
              onClose={() => setMenu(undefined)}
              items={[
                ...at.clauses.map((clause) => ({
                  label: clause.label,
                  icon: "filter" as const,
                  run: () => props.onFilter(clause.filter),
                })),
                {
                  label: "Copy value",
                  icon: "copy",
                  disabled: at.text === "",
                  separated: at.clauses.length > 0,
                  run: () => {
                    copyText(at.text).then(
                      () => toast("Copied", { stay: 1500 }),
                      (error: unknown) => toastError("Not copied", error),
                    );
                  },
                },
              ]}
            />
          </Popover>
        )}
      </Show>
    </>
  );
}
