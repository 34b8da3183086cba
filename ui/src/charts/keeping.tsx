import { type JSX, Show } from "solid-js";

import { copyText } from "../components/copy";
import { MenuButton, type MenuItem } from "../components/menu";
import { toast, toastError } from "../components/toast";
import type { Keeping } from "./chart-store";

/** Saves the arrangement of the charts, goes back to the saved one, and copies its address. */
export function KeepingMenu(props: { keeping: Keeping }): JSX.Element {
  async function share(): Promise<void> {
    try {
      await copyText(await props.keeping.link());
      toast("The address of these charts is on the clipboard");
    } catch (error) {
      toastError("Not copied", error);
    }
  }
  const items = (): MenuItem[] => {
    const { save, modified, saved, revert } = props.keeping;
    return [
      ...(save
        ? [
            {
              label: "Save for this experiment",
              icon: "save" as const,
              disabled: !modified(),
              run: () => void save(),
            },
          ]
        : []),
      {
        label: saved() ? "Back to the saved charts" : "Back to the usual charts",
        icon: "undo",
        disabled: !modified(),
        run: () => revert(),
      },
      { label: "Copy link", icon: "link", run: () => void share() },
    ];
  };
  return (
    <span class="charts-keeping">
      <MenuButton label="Arrangement of the charts" text="Arrangement" icon="save" kind="plain" end items={items()} />
      <Show when={props.keeping.modified()}>
        <span class="charts-modified" role="img" aria-label="with changes" />
      </Show>
    </span>
  );
}
