import { A } from "@solidjs/router";
import { type JSX, Show } from "solid-js";

import { CopyButton } from "../../components/copy";
import { ownTags, TagChips } from "../../components/tags";
import { TimeAgo } from "../../components/time";
import { loggedModelHref, runHref } from "./addresses";
import type { VersionDetails } from "./version-details";

/** Who made a version, when, and from what. */
export function VersionFacts(props: { details: VersionDetails; onEditTags: () => void }): JSX.Element {
  const version = () => props.details.version;
  const run = () => props.details.run;
  return (
    <section class="panel" aria-label="Facts">
      <dl class="facts">
        <Show when={version().status !== "READY"}>
          <dt>Status</dt>
          <dd class="status-bad">
            {version().status} {version().status_message}
          </dd>
        </Show>
        <dt>Created</dt>
        <dd>
          <TimeAgo at={version().creation_timestamp} />
          <Show when={version().user_id}>{(user) => <> by {user()}</>}</Show>
        </dd>
        <Show when={version().run_id}>
          {(id) => (
            <>
              <dt>Run</dt>
              <dd>
                <A href={runHref(id())}>{run()?.info.run_name ?? id().slice(0, 8)}</A>
              </dd>
            </>
          )}
        </Show>
        <Show when={version().model_id}>
          {(id) => (
            <>
              <dt>Logged model</dt>
              <dd class="mono">
                <A href={loggedModelHref(id())}>{id().slice(0, 12)}</A>
              </dd>
            </>
          )}
        </Show>
        <dt>Source</dt>
        <dd class="tag-line">
          <span class="mono source">{version().source}</span>
          <CopyButton text={version().source} label="Copy the source" />
        </dd>
        <dt>Tags</dt>
        <dd class="tag-line">
          <Show when={ownTags(version().tags).length > 0}>
            <TagChips tags={ownTags(version().tags)} most={12} wrap />
          </Show>
          <button type="button" class="button" data-kind="quiet" onClick={() => props.onEditTags()}>
            Edit
          </button>
        </dd>
      </dl>
    </section>
  );
}
