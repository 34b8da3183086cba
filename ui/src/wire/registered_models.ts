// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

import type { Tag } from "./lib";
import type { ModelVersion } from "./model_versions";

/** A name with its versions. */
export interface RegisteredModel {
  /** Unique name. */
  name: string;
  /** Milliseconds since the epoch. */
  creation_timestamp: number;
  /** Milliseconds since the epoch. */
  last_updated_timestamp: number;
  /** Who made it. */
  user_id?: string;
  /** Free text. */
  description?: string;
  /** The newest version of each stage. */
  latest_versions?: ModelVersion[];
  /** Tags, ordered by key. */
  tags?: Tag[];
  /** Aliases, ordered by name. */
  aliases?: Alias[];
}

/** A second name for one version. */
export interface Alias {
  /** The alias. */
  alias: string;
  /** The version number as text. */
  version: string;
}

/** Makes a registered model. */
export interface CreateRegisteredModel {
  /** Required. */
  name: string;
  /** Tags to set. */
  tags?: Tag[];
  /** Free text. */
  description?: string;
}

/** Answer to [`CreateRegisteredModel`], [`GetRegisteredModel`], [`RenameRegisteredModel`] and [`UpdateRegisteredModel`]. */
export interface GetRegisteredModelResponse {
  /** The registered model. */
  registered_model: RegisteredModel;
}

/** One registered model by name. */
export interface GetRegisteredModel {
  /** Required. */
  name: string;
}

/** Renames a registered model with all its versions. */
export interface RenameRegisteredModel {
  /** Required. */
  name: string;
  /** Required. */
  new_name: string;
}

/** Changes the description, or clears it. */
export interface UpdateRegisteredModel {
  /** Required. */
  name: string;
  /** The new description. Left out or empty, it clears the one before, as MLflow does. */
  description?: string;
}

/** Deletes a registered model with all its versions. */
export interface DeleteRegisteredModel {
  /** Required. */
  name: string;
}

/** Filters, orders and pages registered models. */
export interface SearchRegisteredModels {
  /** Filter text. */
  filter?: string;
  /** Page size, 100 when left out. */
  max_results?: number;
  /** `key [ASC|DESC]`; by default by name. */
  order_by?: string[];
  /** Where the last page ended. */
  page_token?: string;
}

/** Answer to [`SearchRegisteredModels`]. */
export interface SearchRegisteredModelsResponse {
  /** One page. */
  registered_models?: RegisteredModel[];
  /** Token of the next page; empty on the last. */
  next_page_token?: string;
}

/** The newest version of each stage. */
export interface GetLatestVersions {
  /** Required. */
  name: string;
  /** Stages to look at; all when empty. */
  stages?: string[];
}

/** [`GetLatestVersions`] sent as a GET. */
export type ListLatestVersions = GetLatestVersions;

/** Answer to [`GetLatestVersions`]; the GET of the same path is [`ListLatestVersions`]. */
export interface GetLatestVersionsResponse {
  /** At most one version a stage. */
  model_versions?: ModelVersion[];
}

/** Sets one tag. */
export interface SetRegisteredModelTag {
  /** Required. */
  name: string;
  /** Required. */
  key: string;
  /** The value. */
  value: string;
}

/** Removes one tag. */
export interface DeleteRegisteredModelTag {
  /** Required. */
  name: string;
  /** Required. */
  key: string;
}

/** Points an alias at a version. */
export interface SetRegisteredModelAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
  /** Required; a number as text. */
  version: string;
}

/** Removes an alias. */
export interface DeleteRegisteredModelAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
}

/** The version that an alias points at. */
export interface GetModelVersionByAlias {
  /** Required. */
  name: string;
  /** Required. */
  alias: string;
}
