// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { ExperimentId } from "./id";

/** A saved view. */
export interface View {
  /** The id. */
  view_id: string;
  /** The experiment whose runs it shows. */
  experiment_id: ExperimentId;
  /** Unique in the experiment. */
  name: string;
  /** A JSON object; only the web UI knows what is in it. */
  definition: string;
  /** Milliseconds since the epoch. */
  creation_time: number;
  /** Milliseconds since the epoch. */
  last_update_time: number;
}

/** Saves a view. */
export interface CreateView {
  /** Required; at most [`VIEWS`](crate::limits::VIEWS) views belong to an experiment. */
  experiment_id: ExperimentId;
  /** Required; at most [`VIEW_NAME_CHARS`](crate::limits::VIEW_NAME_CHARS). */
  name: string;
  /** Required: a JSON object of at most [`VIEW_DEFINITION_BYTES`](crate::limits::VIEW_DEFINITION_BYTES). */
  definition: string;
}

/** Renames a view, or changes what it shows. */
export interface UpdateView {
  /** Required. */
  view_id: string;
  /** The new name. */
  name?: string;
  /** The new definition. */
  definition?: string;
}

/** Removes a view for good. */
export interface DeleteView {
  /** Required. */
  view_id: string;
}

/** One view. */
export interface GetView {
  /** Required. */
  view_id: string;
}

/** Answer to [`CreateView`], [`UpdateView`] and [`GetView`]. */
export interface GetViewResponse {
  /** The view. */
  view: View;
}

/** All views of an experiment. */
export interface ListViews {
  /** Required. */
  experiment_id: ExperimentId;
}

/** Answer to [`ListViews`]. */
export interface ListViewsResponse {
  /** The views, ordered by name. */
  views: View[];
}
