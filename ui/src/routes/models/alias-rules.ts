/** Why the server would refuse an alias; nothing where it would not. */
export function aliasProblem(alias: string): string | undefined {
  if (alias.length > 255) return "At most 255 characters.";
  if (!/^[\w-]*$/.test(alias)) return "Letters, digits, _ and - only.";
  if (alias.toLowerCase() === "latest") return "latest is the newest version and cannot be set.";
  if (/^v\d+$/i.test(alias)) return "v and a number would look like a version.";
  return undefined;
}

/** Why the server would refuse the name of a registered model. */
export function modelNameProblem(name: string): string | undefined {
  return /[/:]/.test(name) ? "A name cannot contain / or :." : undefined;
}
