import { A, useParams, useSearchParams } from "@solidjs/router";
import { createMemo, createResource, createSignal, For, type JSX, Show } from "solid-js";

import { Button } from "../../components/button";
import { Loaded } from "../../components/loaded";
import { Skeleton } from "../../components/skeleton";
import { useTitle } from "../../components/title";
import { quoted, searchModelVersions } from "../../data/models";
import { decoded, modelHref, versionHref } from "./addresses";
import { type Comparison, compareVersions, type ComparedPart } from "./comparison";
import type { Difference } from "./differences";

import "../../components/plain-table.css";
import "./models.css";

/** Two versions of a model beside each other: schema, metrics, params, requirements. */
export default function CompareVersions(): JSX.Element {
  const params = useParams<{ name: string }>();
  const [query, setQuery] = useSearchParams<{ a?: string; b?: string }>();
  const name = () => decoded(params.name);
  useTitle(() => `Compare versions of ${name()}`);
  const [versions, { refetch: refetchVersions }] = createResource(name, (of) =>
    searchModelVersions(`name = ${quoted(of)}`),
  );
  const numbers = createMemo(() =>
    versions.state === "ready" ? versions.latest.items.map((version) => version.version) : [],
  );
  // Without a choice: the two newest.
  const a = () => query.a ?? numbers()[1] ?? numbers()[0] ?? "";
  const b = () => query.b ?? numbers()[0] ?? "";
  const asked = createMemo(() => (a() === "" || b() === "" ? undefined : { name: name(), a: a(), b: b() }));
  const [comparison, { refetch }] = createResource(asked, (of) => compareVersions(of.name, of.a, of.b));

  return (
    <div class="page">
      <nav class="crumbs" aria-label="Path">
        <A href="/models">Models</A>
        <span aria-hidden="true">/</span>
        <A href={modelHref(name())}>{name()}</A>
      </nav>
      <header class="page-head">
        <h1>Compare versions</h1>
      </header>
      <Loaded of={versions} failed="The versions could not be loaded" onRetry={() => void refetchVersions()}>
        {() => (
          <>
            <div class="compare-heads">
              <VersionChoice
                label="From"
                name={name()}
                value={a()}
                all={numbers()}
                onChoose={(version) => setQuery({ a: version })}
              />
              <VersionChoice
                label="To"
                name={name()}
                value={b()}
                all={numbers()}
                onChoose={(version) => setQuery({ b: version })}
              />
            </div>
            <Loaded
              of={comparison}
              failed="The versions could not be compared"
              onRetry={() => void refetch()}
              waiting={<Skeleton lines={12} label="Comparing" />}
            >
              {(loaded) => <Parts comparison={loaded()} />}
            </Loaded>
          </>
        )}
      </Loaded>
    </div>
  );
}

interface VersionChoiceProps {
  label: string;
  name: string;
  value: string;
  all: readonly string[];
  onChoose: (version: string) => void;
}

function VersionChoice(props: VersionChoiceProps): JSX.Element {
  const choices = () => (props.all.includes(props.value) ? props.all : [props.value, ...props.all]);
  return (
    <div class="tag-line">
      <label class="tag-line">
        <span class="muted">{props.label}</span>
        <select class="input" value={props.value} onChange={(event) => props.onChoose(event.currentTarget.value)}>
          <For each={choices()}>{(version) => <option value={version}>Version {version}</option>}</For>
        </select>
      </label>
      <A href={versionHref(props.name, props.value)}>Open</A>
    </div>
  );
}

function Parts(props: { comparison: Comparison }): JSX.Element {
  const [all, setAll] = createSignal(false);
  const changed = () => props.comparison.parts.reduce((sum, part) => sum + part.rows.filter(differs).length, 0);
  return (
    <>
      <div class="panel-head">
        <p class="muted compare-sum" aria-live="polite">
          {changed() === 0 ? "No differences" : `${changed().toLocaleString()} differences`}
        </p>
        <Button pressed={all()} onClick={() => setAll(!all())}>
          Show what is equal
        </Button>
      </div>
      <For each={props.comparison.parts}>
        {(part) => <Part part={part} all={all()} comparison={props.comparison} />}
      </For>
    </>
  );
}

function Part(props: { part: ComparedPart; all: boolean; comparison: Comparison }): JSX.Element {
  const rows = () => props.part.rows.filter((row) => props.all || differs(row));
  return (
    <section class="panel" aria-label={props.part.title}>
      <h2>
        {props.part.title} <span class="muted">{props.part.rows.length.toLocaleString()}</span>
      </h2>
      <Show
        when={rows().length > 0}
        fallback={
          <p class="muted">
            {props.part.problem ?? (props.part.rows.length === 0 ? "Neither has any." : "All equal.")}
          </p>
        }
      >
        <div class="table-scroll">
          <table class="plain-table difference">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">Version {props.comparison.a}</th>
                <th scope="col">Version {props.comparison.b}</th>
              </tr>
            </thead>
            <tbody>
              <For each={rows()}>
                {(row) => (
                  <tr data-change={row.change}>
                    <td>
                      {row.name}
                      <span class="unseen"> {row.change}</span>
                    </td>
                    <td>{row.a ?? <span class="muted">none</span>}</td>
                    <td>{row.b ?? <span class="muted">none</span>}</td>
                  </tr>
                )}
              </For>
            </tbody>
          </table>
        </div>
      </Show>
    </section>
  );
}

function differs(row: Difference<string>): boolean {
  return row.change !== "same";
}
