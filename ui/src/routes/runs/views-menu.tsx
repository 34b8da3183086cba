import { createResource, createSignal, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { copyText } from "../../components/copy";
import { Dialog } from "../../components/dialog";
import { Failure } from "../../components/failure";
import { type MenuItem, MenuList } from "../../components/menu";
import { PopoverButton } from "../../components/popover";
import { Skeleton } from "../../components/skeleton";
import { toast, toastError } from "../../components/toast";
import { describe } from "../../data/http";
import { settled } from "../../data/settled";
import * as views from "../../data/views";
import { toJson, type ViewState } from "./state";
import { deleteView, saveView } from "./view-changes";
import type { ViewStore } from "./view-state";

export interface ViewsMenuProps {
  experimentId: string;
  store: ViewStore;
  state: ViewState;
}

/** Saved views: opens, saves, renames and deletes them, and copies the address of what is shown. */
export function ViewsMenu(props: ViewsMenuProps): JSX.Element {
  const [asking, setAsking] = createSignal<"save" | "rename">();
  const saved = () => props.store.saved();

  async function share(): Promise<void> {
    try {
      await copyText(location.href);
      toast("The address of this view is on the clipboard");
    } catch (error) {
      toastError("Not copied", error);
    }
  }

  const own = (): MenuItem[] => {
    const view = saved();
    return [
      {
        label: view ? `Save changes to ${view.name}` : "Save view…",
        icon: "save",
        disabled: view !== undefined && !props.store.modified(),
        run: () => (view ? void saveView(props.store, props.state) : setAsking("save")),
      },
      ...(view
        ? ([
            { label: "Save as a new view…", icon: "plus", run: () => setAsking("save") },
            { label: "Rename…", icon: "edit", run: () => setAsking("rename") },
            {
              label: "Delete view",
              icon: "trash",
              danger: true,
              run: () => void deleteView(props.store, props.experimentId),
            },
          ] satisfies MenuItem[])
        : []),
      { label: "Copy link", icon: "link", run: () => void share() },
    ];
  };

  return (
    <>
      <PopoverButton
        label="Views"
        role="menu"
        end
        button={(bind) => (
          <Button {...bind} icon="eye" label="Views">
            <span class="views-name ellipsis">{saved()?.name ?? "Views"}</span>
            <Show when={props.store.modified()}>
              <span class="views-modified" role="img" aria-label="with changes" />
            </Show>
          </Button>
        )}
      >
        {(close) => (
          <>
            <SavedViews {...props} onClose={close} />
            <MenuList items={own()} onClose={close} />
          </>
        )}
      </PopoverButton>
      <Show when={asking()} keyed>
        {(what) => <NameView what={what} {...props} onClose={() => setAsking(undefined)} />}
      </Show>
    </>
  );
}

function SavedViews(props: ViewsMenuProps & { onClose: () => void }): JSX.Element {
  const [list, { refetch }] = createResource(
    () => props.experimentId,
    // Those of other pages are opened there.
    async (id) => (await views.list(id)).filter((view) => views.pageOf(view) === undefined),
  );
  const items = (): MenuItem[] => [
    { label: "All runs", checked: props.store.saved() === undefined, run: () => props.store.open(undefined) },
    ...(settled(list) ?? []).map((view) => ({
      label: view.name,
      checked: props.store.saved()?.view_id === view.view_id,
      run: () => props.store.open(view),
    })),
  ];
  return (
    <Show
      when={list.error === undefined}
      fallback={
        <Failure what="The views could not be loaded" error={list.error} onRetry={() => void refetch()} inline />
      }
    >
      <div class="views-list">
        <Show when={!list.loading} fallback={<Skeleton lines={2} label="Loading views" />}>
          <MenuList items={items()} onClose={() => props.onClose()} />
        </Show>
      </div>
    </Show>
  );
}

function NameView(props: ViewsMenuProps & { what: "save" | "rename"; onClose: () => void }): JSX.Element {
  const current = props.store.saved();
  const rename = props.what === "rename" && current;
  const [name, setName] = createSignal(rename ? current.name : "");
  const [busy, setBusy] = createSignal(false);
  const [failed, setFailed] = createSignal<string>();
  async function submit(): Promise<void> {
    if (name().trim() === "" || busy()) return;
    setBusy(true);
    setFailed(undefined);
    try {
      const view = rename
        ? await views.update(current.view_id, { name: name().trim() })
        : await views.create(props.experimentId, name().trim(), toJson(props.state));
      props.store.markSaved(view);
      toast(rename ? `Renamed to ${view.name}` : `Saved ${view.name}`);
      props.onClose();
    } catch (error) {
      setFailed(describe(error));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog
      title={rename ? "Rename view" : "Save view"}
      onClose={() => props.onClose()}
      onSubmit={() => void submit()}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit" busy={busy()} disabled={name().trim() === ""}>
            {rename ? "Rename" : "Save"}
          </Button>
        </>
      }
    >
      <label class="field">
        <span class="muted">Name</span>
        <input
          class="input"
          value={name()}
          maxlength={250}
          aria-invalid={failed() !== undefined}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Show when={failed()}>
          <span class="field-error" role="alert">
            {failed()}
          </span>
        </Show>
      </label>
      <p class="muted">Keeps columns, filter, order, groups and charts for everybody who uses this experiment.</p>
    </Dialog>
  );
}
