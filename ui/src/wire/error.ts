// What travels between the server and the UI. Made from crates/trainyard-api by `cargo xtask wire-types`: change it there.

/** What went wrong, for programs. */
export type ErrorCode =
  | "INVALID_PARAMETER_VALUE"
  | "RESOURCE_ALREADY_EXISTS"
  | "BAD_REQUEST"
  | "UNAUTHENTICATED"
  | "PERMISSION_DENIED"
  | "RESOURCE_DOES_NOT_EXIST"
  | "NOT_FOUND"
  | "ENDPOINT_NOT_FOUND"
  | "RESOURCE_CONFLICT"
  | "REQUEST_LIMIT_EXCEEDED"
  | "RESOURCE_EXHAUSTED"
  | "INVALID_STATE"
  | "NOT_IMPLEMENTED"
  | "TEMPORARILY_UNAVAILABLE"
  | "DEADLINE_EXCEEDED"
  | "INTERNAL_ERROR";

/** The body of an error answer. */
export interface ApiError {
  /** What kind of error it is. */
  error_code: ErrorCode;
  /** One sentence or more for a person. */
  message: string;
}
