import type { JSX } from "solid-js";

import { Empty } from "../components/empty";
import type { ChartPanelProps } from "../routes/runs/state";

/** Charts of the runs that are marked in the table. */
export default function ChartPanel(props: ChartPanelProps): JSX.Element {
  return <Empty icon="chart" title={`${String(props.selectedRuns.length)} runs`} />;
}
