import { For, type JSX, Show } from "solid-js";

import { Empty } from "../../components/empty";
import type { Field, ModelFile, Signature } from "../../data/mlmodel";

/** What a model takes and gives, as its signature says. */
export function Schema(props: { file: ModelFile | undefined }): JSX.Element {
  return (
    <Show
      when={props.file?.signature}
      fallback={
        <Empty
          icon="columns"
          title="This model has no signature"
          code='mlflow.sklearn.log_model(model, name="model", input_example=X[:5])'
        >
          An input example brings one.
        </Empty>
      }
    >
      {(signature) => <SignatureTable signature={signature()} />}
    </Show>
  );
}

const PARTS = [
  { key: "inputs", title: "Inputs" },
  { key: "outputs", title: "Outputs" },
  { key: "params", title: "Params" },
] as const;

function SignatureTable(props: { signature: Signature }): JSX.Element {
  const parts = () => PARTS.filter((part) => props.signature[part.key].length > 0);
  return (
    <div class="table-scroll">
      <table class="plain-table schema">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">Required</th>
          </tr>
        </thead>
        <For each={parts()}>
          {(part) => (
            <tbody>
              <tr class="plain-group">
                <th scope="rowgroup" colspan={3}>
                  {part.title} <span class="muted">{props.signature[part.key].length}</span>
                </th>
              </tr>
              <For each={props.signature[part.key]}>{(field) => <FieldRow field={field} />}</For>
            </tbody>
          )}
        </For>
      </table>
    </div>
  );
}

function FieldRow(props: { field: Field }): JSX.Element {
  return (
    <tr>
      <td>{props.field.name === "" ? <span class="muted">unnamed</span> : props.field.name}</td>
      <td class="mono">{props.field.type}</td>
      <td>
        {props.field.default === undefined ? (props.field.required ? "yes" : "no") : `default ${props.field.default}`}
      </td>
    </tr>
  );
}
