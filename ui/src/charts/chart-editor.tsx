import { createSignal, type JSX, Match, Switch } from "solid-js";

import { Button } from "../components/button";
import { Dialog } from "../components/dialog";
import { FieldPicker } from "./field-picker";
import { LineSettings } from "./line-settings";
import { Check, FieldList, Labelled } from "./setting";
import {
  type BarSpec,
  type BoxSpec,
  type ChartSpec,
  chartTitle,
  type ContourSpec,
  type LineSpec,
  type ParallelSpec,
  type ScatterSpec,
} from "./spec";

export interface ChartEditorProps {
  spec: ChartSpec;
  isNew: boolean;
  onSave: (spec: ChartSpec) => void;
  onClose: () => void;
}

/** The window with the settings of a chart. */
export function ChartEditor(props: ChartEditorProps): JSX.Element {
  // eslint-disable-next-line solid/reactivity -- a draft, which begins as the chart was when the window opened
  const [draft, setDraft] = createSignal<ChartSpec>(props.spec);
  const of = <Kind extends ChartSpec["kind"]>(kind: Kind): Extract<ChartSpec, { kind: Kind }> | undefined => {
    const spec = draft();
    return spec.kind === kind ? (spec as Extract<ChartSpec, { kind: Kind }>) : undefined;
  };
  return (
    <Dialog
      title={props.isNew ? "Add chart" : "Edit chart"}
      onClose={() => props.onClose()}
      onSubmit={() => {
        props.onSave(draft());
        props.onClose();
      }}
      actions={
        <>
          <Button onClick={() => props.onClose()}>Cancel</Button>
          <Button kind="primary" type="submit">
            {props.isNew ? "Add" : "Save"}
          </Button>
        </>
      }
    >
      <Switch>
        <Match when={of("line")}>{(spec) => <LineSettings spec={spec()} onChange={setDraft} />}</Match>
        <Match when={of("scatter")}>{(spec) => <ScatterSettings spec={spec()} onChange={setDraft} />}</Match>
        <Match when={of("parallel")}>{(spec) => <ParallelSettings spec={spec()} onChange={setDraft} />}</Match>
        <Match when={of("bar")}>{(spec) => <BarSettings spec={spec()} onChange={setDraft} />}</Match>
        <Match when={of("box")}>{(spec) => <BoxSettings spec={spec()} onChange={setDraft} />}</Match>
        <Match when={of("contour")}>{(spec) => <ContourSettings spec={spec()} onChange={setDraft} />}</Match>
      </Switch>
      <Labelled label="Title">
        <input
          class="input"
          aria-label="Title"
          value={draft().title ?? ""}
          placeholder={chartTitle({ ...draft(), title: "" } as ChartSpec)}
          onInput={(event) => setDraft({ ...draft(), title: event.currentTarget.value } as ChartSpec)}
        />
      </Labelled>
    </Dialog>
  );
}

interface SettingsProps<Spec extends Exclude<ChartSpec, LineSpec>> {
  spec: Spec;
  onChange: (spec: Spec) => void;
}

function LogChecks(props: SettingsProps<ScatterSpec> | SettingsProps<ContourSpec>): JSX.Element {
  const change = (logs: { logX?: boolean; logY?: boolean }): void =>
    (props.onChange as (spec: ScatterSpec | ContourSpec) => void)({ ...props.spec, ...logs });
  return (
    <div class="chart-checks">
      <Check label="Log x" checked={props.spec.logX} onChange={(logX) => change({ logX })} />
      <Check label="Log y" checked={props.spec.logY} onChange={(logY) => change({ logY })} />
    </div>
  );
}

function ScatterSettings(props: SettingsProps<ScatterSpec>): JSX.Element {
  return (
    <>
      <Labelled label="X axis">
        <FieldPicker label="X axis" value={props.spec.x} onChoose={(x) => props.onChange({ ...props.spec, x })} />
      </Labelled>
      <Labelled label="Y axis">
        <FieldPicker label="Y axis" value={props.spec.y} onChoose={(y) => props.onChange({ ...props.spec, y })} />
      </Labelled>
      <ColorSetting spec={props.spec} onChange={(spec) => props.onChange(spec)} />
      <LogChecks {...props} />
    </>
  );
}

function ParallelSettings(props: SettingsProps<ParallelSpec>): JSX.Element {
  return (
    <>
      <FieldList
        label="Axes"
        fields={props.spec.axes}
        onChange={(axes) => props.onChange({ ...props.spec, axes: [...axes] })}
      />
      <ColorSetting spec={props.spec} onChange={(spec) => props.onChange(spec)} />
    </>
  );
}

/** By which field a chart is coloured; by run where it is switched off. */
function ColorSetting<Spec extends ScatterSpec | ParallelSpec>(props: {
  spec: Spec;
  onChange: (spec: Spec) => void;
}): JSX.Element {
  const byField = () => props.spec.color !== undefined;
  const without = (): Spec => {
    const { color: _, ...rest } = props.spec;
    return rest as Spec;
  };
  return (
    <Labelled label="Colour">
      <Check
        label="Colour by a value"
        checked={byField()}
        onChange={(on) => props.onChange(on ? { ...props.spec, color: { kind: "metric", key: "" } } : without())}
      />
      <Switch>
        <Match when={byField()}>
          <FieldPicker
            label="Colour by"
            value={props.spec.color}
            onChoose={(color) => props.onChange({ ...props.spec, color })}
          />
        </Match>
      </Switch>
    </Labelled>
  );
}

function BarSettings(props: SettingsProps<BarSpec>): JSX.Element {
  return (
    <Labelled label="Value">
      <FieldPicker
        label="Value"
        value={props.spec.value}
        onChoose={(value) => props.onChange({ ...props.spec, value })}
      />
    </Labelled>
  );
}

function BoxSettings(props: SettingsProps<BoxSpec>): JSX.Element {
  const without = (): BoxSpec => {
    const { group: _, ...rest } = props.spec;
    return rest;
  };
  return (
    <>
      <Labelled label="Value">
        <FieldPicker
          label="Value"
          value={props.spec.value}
          onChoose={(value) => props.onChange({ ...props.spec, value })}
        />
      </Labelled>
      <Labelled label="Groups">
        <Check
          label="One box for each value of"
          checked={props.spec.group !== undefined}
          onChange={(on) => props.onChange(on ? { ...props.spec, group: { kind: "param", key: "" } } : without())}
        />
        <Switch>
          <Match when={props.spec.group}>
            {(group) => (
              <FieldPicker
                label="Group by"
                value={group()}
                onChoose={(chosen) => props.onChange({ ...props.spec, group: chosen })}
              />
            )}
          </Match>
        </Switch>
      </Labelled>
    </>
  );
}

function ContourSettings(props: SettingsProps<ContourSpec>): JSX.Element {
  return (
    <>
      <Labelled label="X axis">
        <FieldPicker label="X axis" value={props.spec.x} onChoose={(x) => props.onChange({ ...props.spec, x })} />
      </Labelled>
      <Labelled label="Y axis">
        <FieldPicker label="Y axis" value={props.spec.y} onChoose={(y) => props.onChange({ ...props.spec, y })} />
      </Labelled>
      <Labelled label="Surface">
        <FieldPicker label="Surface" value={props.spec.z} onChoose={(z) => props.onChange({ ...props.spec, z })} />
      </Labelled>
      <LogChecks {...props} />
    </>
  );
}
