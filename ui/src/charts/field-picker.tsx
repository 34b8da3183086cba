import type { JSX } from "solid-js";

import { useCharts } from "./charts-context";
import { KeyPicker } from "./key-picker";
import { ATTRIBUTES, type Field, fieldLabel } from "./spec";

export interface FieldPickerProps {
  label: string;
  value: Field | undefined;
  onChoose: (field: Field) => void;
}

/** Chooses a metric, a param or an attribute: the kind first, then the name. */
export function FieldPicker(props: FieldPickerProps): JSX.Element {
  const charts = useCharts();
  const kind = () => props.value?.kind ?? "metric";

  async function suggest(contains: string): Promise<string[]> {
    const wanted = kind();
    if (wanted !== "attribute") return charts.suggest(wanted, contains);
    return ATTRIBUTES.map(({ name }) => name).filter((name) => name.toLowerCase().includes(contains.toLowerCase()));
  }

  function choose(name: string): void {
    const key = kind() === "attribute" ? (ATTRIBUTES.find((one) => one.name === name)?.key ?? "") : name;
    if (key !== "") props.onChoose({ kind: kind(), key });
  }

  return (
    <span class="field-picker">
      <select
        class="input"
        aria-label={`${props.label}: kind`}
        value={kind()}
        onChange={(event) => props.onChoose({ kind: event.currentTarget.value as Field["kind"], key: "" })}
      >
        <option value="metric">Metric</option>
        <option value="param">Param</option>
        <option value="attribute">Attribute</option>
      </select>
      <KeyPicker
        label={props.label}
        value={props.value && props.value.key !== "" ? fieldLabel(props.value) : ""}
        suggest={suggest}
        onChoose={choose}
      />
    </span>
  );
}
