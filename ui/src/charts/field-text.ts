// How the value of a field is written in readouts and files.

import { dateText } from "../data/dates";
import { formatExact, formatSpan } from "./ticks";
import type { Field } from "./spec";

/** The value for people. */
export function fieldText(field: Field, value: number | string | undefined): string {
  if (value === undefined) return "—";
  if (typeof value === "string") return value;
  if (field.kind === "attribute" && field.key === "duration") return formatSpan(value);
  if (field.kind === "attribute" && field.key === "start_time") return dateText(value);
  return formatExact(value);
}
