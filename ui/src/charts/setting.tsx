import { Index, type JSX } from "solid-js";

import { Button } from "../components/button";
import { FieldPicker } from "./field-picker";
import type { Field } from "./spec";

/** A group of controls with a name above it. */
export function Labelled(props: { label: string; children: JSX.Element }): JSX.Element {
  return (
    <div class="field" role="group" aria-label={props.label}>
      <span class="field-name">{props.label}</span>
      {props.children}
    </div>
  );
}

export function Check(props: { label: string; checked: boolean; onChange: (on: boolean) => void }): JSX.Element {
  return (
    <label class="chart-check">
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      {props.label}
    </label>
  );
}

/** Fields in an order: change, move, take away, add. */
export function FieldList(props: {
  label: string;
  fields: readonly Field[];
  onChange: (fields: readonly Field[]) => void;
}): JSX.Element {
  const replace = (index: number, field: Field): void =>
    props.onChange(props.fields.map((old, at) => (at === index ? field : old)));
  const move = (index: number): void => {
    const fields = [...props.fields];
    const [moved] = fields.splice(index, 1);
    if (moved) fields.splice(index - 1, 0, moved);
    props.onChange(fields);
  };
  return (
    <Labelled label={props.label}>
      <ul class="chart-fields">
        <Index each={props.fields}>
          {(field, index) => (
            <li>
              <FieldPicker
                label={`${props.label} ${String(index + 1)}`}
                value={field()}
                onChoose={(chosen) => replace(index, chosen)}
              />
              <Button kind="quiet" icon="up" label="Move up" disabled={index === 0} onClick={() => move(index)} />
              <Button
                kind="quiet"
                icon="close"
                label="Remove"
                onClick={() => props.onChange(props.fields.filter((_, at) => at !== index))}
              />
            </li>
          )}
        </Index>
      </ul>
      <Button icon="plus" onClick={() => props.onChange([...props.fields, { kind: "param", key: "" }])}>
        Add
      </Button>
    </Labelled>
  );
}
